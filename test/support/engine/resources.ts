import * as pulumi from '@pulumi/pulumi/index.js'

/** What a test gives a Thing: anything, known or an output. */
export type ThingArgs = Record<string, pulumi.Input<unknown>>

/** The one resource type of the test provider. */
export class Thing extends pulumi.CustomResource {
  declare readonly arn: pulumi.Output<string>
  declare readonly region: pulumi.Output<string>
  declare readonly token: pulumi.Output<string>

  constructor (name: string, args: ThingArgs = {}, options?: pulumi.CustomResourceOptions) {
    super('test:index:Thing', name, { arn: undefined, region: undefined, token: undefined, ...args }, options)
  }
}

/** Registers a Thing. */
export const thing = (name: string, args?: ThingArgs, options?: pulumi.CustomResourceOptions): Thing =>
  new Thing(name, args, options)

export class TestProviderResource extends pulumi.ProviderResource {
  constructor (name: string, args: ThingArgs = {}, options?: pulumi.ResourceOptions) {
    super('test', name, args, options)
  }
}

export class Group extends pulumi.ComponentResource {
  constructor (name: string, options?: pulumi.ComponentResourceOptions) {
    super('test:group:Group', name, {}, options)
  }
}

export { pulumi }
