/** `urn:pulumi:STACK::PROJECT::[PARENTTYPE$]TYPE::NAME`. */
export const rootType = 'pulumi:pulumi:Stack'

const providerPrefix = 'pulumi:providers:'

export interface UrnScope {
  project: string
  stack: string
}

/** A resource's own part of its URN. */
interface ResourceName {
  /** The parent's URN; empty for the root. */
  parent: string
  type: string
  name: string
}

/** A resource's URN; the chain of parent types leaves the root stack out. */
export function urnOf (scope: UrnScope, { parent, type, name }: ResourceName): string {
  const parentTypes = parent === '' ? '' : qualifiedTypeOf(parent)
  const chain = parentTypes === '' || parentTypes === rootType ? type : `${parentTypes}$${type}`
  return `urn:pulumi:${scope.stack}::${scope.project}::${chain}::${name}`
}

/** Another name of a resource: a URN, or the parts in which it differs. */
export type Alias =
  | { urn: string }
  | { name: string, type: string, stack: string, project: string, parent: string, noParent: boolean }

/** The URN an alias stands for, of a resource that is now called `own` (step_generator.go, collapseAliasToUrn). */
export function aliasUrn (scope: UrnScope, own: ResourceName, alias: Alias): string {
  if ('urn' in alias) return alias.urn
  const parent = alias.noParent ? '' : alias.parent || own.parent
  return urnOf(
    { project: alias.project || scope.project, stack: alias.stack || scope.stack },
    { parent, type: alias.type || own.type, name: alias.name || own.name }
  )
}

/**
 * The type with its parents' types in front, `a$b$c`. A name may hold `::` itself, so parts are counted from the left.
 */
const qualifiedTypeOf = (urn: string): string => urn.split('::')[2] ?? ''

export const typeOf = (urn: string): string => qualifiedTypeOf(urn).split('$').at(-1) ?? ''

export const resourceNameOf = (urn: string): string => urn.split('::').slice(3).join('::')

export const isProviderType = (type: string): boolean => type.startsWith(providerPrefix)

export const providerType = (name: string): string => `${providerPrefix}${name}`

/** The package that manages a type: `aws` of `aws:s3/bucket:Bucket` and of `pulumi:providers:aws`. */
export const packageOf = (type: string): string =>
  isProviderType(type) ? type.slice(providerPrefix.length) : type.split(':')[0] ?? ''

/** A reference to a provider instance, `URN::ID`. */
export function splitReference (reference: string): { urn: string, id: string } {
  const at = reference.lastIndexOf('::')
  return { urn: reference.slice(0, at), id: reference.slice(at + 2) }
}

/** Default providers are the engine's own: they are not counted in a summary. */
export const isDefaultProvider = (urn: string): boolean =>
  isProviderType(typeOf(urn)) && (resourceNameOf(urn) === 'default' || resourceNameOf(urn).startsWith('default_'))
