import { messageOf, notImplemented } from '../../errors.ts'
import { deniesDefaultProvider } from '../../stack-config.ts'
import type { ResourceState } from '../../state/resource.ts'
import { aliasUrn, isProviderType, packageOf, providerType, splitReference, urnOf } from '../../urn.ts'
import { containsUnknown } from '../../values/value.ts'
import type { Properties } from '../../values/value.ts'
import type { DeploymentContext } from '../context.ts'
import { StepFailed } from '../executor.ts'
import type { Goal } from '../planning/goal.ts'
import { InvalidInputs, plan } from '../planning/planner.ts'
import type { Planned } from '../planning/planner.ts'
import type { ProviderConnection } from '../providers/provider.ts'
import { withVersion } from '../providers/providers.ts'
import { Replacements } from '../planning/replacements.ts'
import { Stopped } from '../stop.ts'
import type { DeploymentStep } from '../planning/step.ts'

/** What became of a registration. */
export type Registration =
  | { result: 'success', state: ResourceState }
  | { result: 'failed', urn: string }
  | { result: 'skipped', urn: string }

/** A registration that can't be carried out; the message is reported as a diagnostic of the resource. */
class Refused extends Error {
  override readonly name = 'Refused'
}

const noOptions = {
  dependencies: [],
  propertyDependencies: {},
  protect: undefined,
  retainOnDelete: undefined,
  deletedWith: '',
  deleteBeforeReplace: undefined,
  ignoreChanges: [],
  replaceOnChanges: [],
  additionalSecretOutputs: [],
  customTimeouts: {},
  sourcePosition: '',
  stackTrace: [],
  aliases: []
} as const

/** Takes the resources a program registers and brings them about. */
export class Registrations {
  readonly #context: DeploymentContext
  readonly #olds: Map<string, ResourceState>
  readonly #goals = new Map<string, Goal>()
  readonly #replacements: Replacements
  readonly #steps = new Map<string, { step: DeploymentStep, state: ResourceState }>()
  readonly #failed = new Set<string>()
  readonly #defaults = new Map<string, Promise<string>>()

  constructor (context: DeploymentContext) {
    this.#context = context
    this.#replacements = new Replacements(context, (urn) => this.#goals.has(urn))
    this.#olds = new Map(context.base.filter((state) => !state.delete).map((state) => [state.urn, state]))
  }

  /** Resources of the checkpoint that the program did not register, and those left over from replacements. */
  get unregistered (): ResourceState[] {
    return this.#context.base.map((state) => this.#replacements.now(state))
      .filter((state) => state !== undefined).filter((state) => state.delete || !this.#goals.has(state.urn))
  }

  /**
   * @throws Stopped if the deployment stops before the resource is settled, also because this registration failed
   */
  async register (request: Goal): Promise<Registration> {
    this.#context.stop.check()
    const goal = this.#inherit(request)
    const urn = urnOf(this.#context.scope, goal)
    try {
      if (this.#goals.has(urn)) throw new Refused(`Duplicate resource URN '${urn}'; try giving it a unique name`)
      this.#goals.set(urn, goal)
      if (!this.#context.preview && containsUnknown(goal.inputs)) {
        throw new Refused(`an input of '${urn}' is unknown: only a preview can have such values`)
      }
      if (this.#dependsOnFailure(goal)) return this.#skip(urn)
      return { result: 'success', state: await this.#settle(urn, goal) }
    } catch (error) {
      return this.#giveUp(urn, error)
    }
  }

  /** Outputs of a component or of the stack. */
  registerOutputs (urn: string, outputs: Properties): void {
    this.#context.stop.check()
    const settled = this.#steps.get(urn)
    if (settled === undefined) throw new Refused(`cannot complete a resource '${urn}' whose registration isn't pending`)
    const state = { ...settled.state, outputs }
    this.#context.snapshot.replace(settled.state, state)
    this.#steps.set(urn, { step: settled.step, state })
    this.#context.reporter.outputs(settled.step, state)
  }

  /** The provider instance for a function: the one named, or the package's default one. */
  async providerFor (token: string, reference: string, version: string): Promise<ProviderConnection> {
    const resolved = reference === '' ? await this.#defaultProvider(packageOf(token), version, token) : reference
    return this.#context.providers.get(resolved)
  }

  /** Options a child takes from its parent where it has none itself (deploy/source_eval.go, inheritFromParent). */
  #inherit (goal: Goal): Goal {
    const parent = this.#goals.get(goal.parent)
    if (parent === undefined) return goal
    return {
      ...goal,
      deletedWith: goal.deletedWith === '' ? parent.deletedWith : goal.deletedWith,
      protect: goal.protect ?? parent.protect,
      retainOnDelete: goal.retainOnDelete ?? parent.retainOnDelete
    }
  }

  #dependsOnFailure (goal: Goal): boolean {
    if (this.#failed.size === 0) return false
    const needs = [
      goal.parent,
      splitReference(goal.provider).urn,
      goal.deletedWith,
      ...goal.dependencies,
      ...Object.values(goal.propertyDependencies).flat()
    ]
    return needs.some((urn) => this.#failed.has(urn))
  }

  #skip (urn: string): Registration {
    this.#failed.add(urn)
    return { result: 'skipped', urn }
  }

  async #settle (urn: string, goal: Goal): Promise<ResourceState> {
    const { step, connection } = await this.#plan(urn, goal)
    if (step.kind === 'replacement') {
      const state = await this.#replacements.carryOut(step, connection)
      this.#steps.set(urn, { step: { ...step, kind: 'replace', new: state }, state })
      return state
    }
    const state = await this.#context.executor.run(step, connection)
    this.#steps.set(urn, { step, state })
    return state
  }

  async #plan (urn: string, goal: Goal): Promise<Planned> {
    const deleted = await this.#replacements.deletedAhead(urn)
    const old = deleted?.old ?? this.#olds.get(urn)
    if (old === undefined) this.#refuseTakeover(goal)
    const { providers } = this.#context
    const others = { goesWith: this.#replacements.isReplaced(goal.deletedWith), recreated: deleted?.keys }
    if (!goal.custom) return plan({ ...others, urn, goal, provider: '' }, old, undefined)
    if (isProviderType(goal.type)) {
      const connection = await providers.connect(packageOf(goal.type))
      return plan(
        { ...others, urn, goal: { ...goal, inputs: withVersion(goal.inputs, goal.version) }, provider: '' },
        old,
        connection
      )
    }
    const provider =
      goal.provider === '' ? await this.#defaultProvider(packageOf(goal.type), goal.version, urn) : goal.provider
    const moved = old && old.provider !== provider ? this.#move(old.provider, provider) : undefined
    return plan({ ...others, urn, goal, provider, moved }, old, await providers.get(provider))
  }

  #move (before: string, now: string): { from: ResourceState, to: ResourceState } | undefined {
    const from = this.#olds.get(splitReference(before).urn)
    const to = this.#steps.get(splitReference(now).urn)?.state
    return from && to ? { from, to } : undefined
  }

  /** An alias means nothing unless the checkpoint has a resource of that name: then it would have to be taken over. */
  #refuseTakeover (goal: Goal): void {
    const former = goal.aliases
      .map((alias) => aliasUrn(this.#context.scope, goal, alias))
      .find((urn) => this.#olds.has(urn))
    if (former !== undefined) {
      throw notImplemented(`taking over '${former}', which the option aliases of ${goal.type} ${goal.name} names`)
    }
  }

  /** Registers a package's default provider once, at its first use, configured from the stack's configuration. */
  async #defaultProvider (name: string, version: string, user: string): Promise<string> {
    if (deniesDefaultProvider(this.#context.config, name)) {
      throw new Refused(`Default provider for '${name}' disabled. '${user}' must use an explicit provider.`)
    }
    const key = `${name} ${version}`
    const registering = this.#defaults.get(key) ?? this.#registerDefault(name, version)
    this.#defaults.set(key, registering)
    return registering
  }

  async #registerDefault (name: string, version: string): Promise<string> {
    const inputs = Object.fromEntries([...this.#context.config]
      .filter(([key]) => key.startsWith(`${name}:`)).map(([key, { value }]) => [key.slice(name.length + 1), value]))
    const registration = await this.register({
      ...noOptions,
      type: providerType(name),
      name: version === '' ? 'default' : `default_${version.replace(/[.+-]/g, '_')}`,
      parent: '',
      custom: true,
      inputs,
      provider: '',
      version
    })
    if (registration.result !== 'success') throw new Stopped()
    return `${registration.state.urn}::${registration.state.id}`
  }

  /** Tells what went wrong, unless the step's own failure did, and stops the deployment. */
  #giveUp (urn: string, error: unknown): Registration {
    const { reporter, stop } = this.#context
    if (error instanceof Stopped) throw error
    this.#failed.add(urn)
    if (!(error instanceof StepFailed)) {
      const messages = error instanceof InvalidInputs ? error.messages : [messageOf(error)]
      for (const message of messages) reporter.diagnostic('error', message, urn)
      stop.now('failed')
    }
    if (stop.reason !== undefined) throw new Stopped()
    return { result: 'failed', urn }
  }
}
