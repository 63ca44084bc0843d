import { EngineError } from '../../errors.ts'
import { referencedUrns } from '../../state/resource.ts'
import type { ResourceState } from '../../state/resource.ts'
import { isProviderType, packageOf, splitReference } from '../../urn.ts'
import { mapValues, unknown } from '../../values/value.ts'
import type { Properties } from '../../values/value.ts'
import type { DeploymentContext } from '../context.ts'
import { needsReplacement, withReplaceOnChanges } from './difference.ts'
import { compare } from './planner.ts'
import type { Replacement } from './planner.ts'
import type { ProviderConnection } from '../providers/provider.ts'

/** A resource that was deleted because something it needs is replaced. */
export interface DeletedAhead {
  old: ResourceState
  keys: readonly string[]
}

interface Dependent {
  state: ResourceState
  /** Properties whose change would replace it. */
  keys: readonly string[]
}

/** Puts one resource in the place of another, in either order, with what has to go for it. */
export class Replacements {
  readonly #context: DeploymentContext
  readonly #isRegistered: (urn: string) => boolean
  readonly #replaced = new Set<string>()
  readonly #deletedAhead = new Map<string, Promise<DeletedAhead>>()
  /** What resources of the base have become; `undefined`: they have left the state. */
  readonly #became = new Map<ResourceState, ResourceState | undefined>()

  constructor (context: DeploymentContext, isRegistered: (urn: string) => boolean) {
    this.#context = context
    this.#isRegistered = isRegistered
  }

  isReplaced (urn: string): boolean {
    return this.#replaced.has(urn)
  }

  /** A resource of the base as it is now; `undefined` if it is not in the state any more. */
  now (state: ResourceState): ResourceState | undefined {
    return this.#became.has(state) ? this.#became.get(state) : state
  }

  /** Resolves when the resource is deleted, if it had to go before it was registered. */
  async deletedAhead (urn: string): Promise<DeletedAhead | undefined> {
    const deleted = await this.#deletedAhead.get(urn)
    if (deleted) this.#context.executor.expectCreation(urn)
    return deleted
  }

  /** @returns the new resource. @throws Stopped, StepFailed; EngineError if a protected resource would have to go */
  async carryOut (replacement: Replacement, connection: ProviderConnection | undefined): Promise<ResourceState> {
    this.#replaced.add(replacement.old.urn)
    return replacement.deleteFirst
      ? this.#deleteFirst(replacement, connection)
      : this.#createFirst(replacement, connection)
  }

  /** The old resource is deleted at the end, when everything that needs it has moved to the new one. */
  async #createFirst (
    { old, new: wanted, difference }: Replacement,
    connection: ProviderConnection | undefined
  ): Promise<ResourceState> {
    const { executor } = this.#context
    const condemned = old.pendingReplacement ? undefined : { ...old, delete: true }
    const state = await executor.run(
      { kind: 'create-replacement', old, new: wanted, difference, condemned },
      connection
    )
    this.#became.set(old, condemned)
    await executor.run({ kind: 'replace', old: condemned ?? old, new: state, difference })
    return state
  }

  async #deleteFirst (
    { old, new: wanted, difference }: Replacement,
    connection: ProviderConnection | undefined
  ): Promise<ResourceState> {
    const { executor } = this.#context
    if (!this.#deletedAhead.has(old.urn)) await this.#deleteDependents(old)
    let gone = old
    if (!old.pendingReplacement) {
      gone = await executor.run({ kind: 'delete', old, replaced: true, keep: true })
    }
    this.#became.set(old, gone)
    await executor.run({ kind: 'replace', old: gone, new: wanted, difference })
    const state = await executor.run(
      { kind: 'create-replacement', old: gone, new: wanted, difference, condemned: undefined },
      connection
    )
    for (const [base, now] of this.#became) if (now === gone) this.#became.set(base, undefined)
    return state
  }

  async #deleteDependents (root: ResourceState): Promise<void> {
    const { executor } = this.#context
    const found = await this.#dependentsOf(root)
    const dependents = found.filter(({ state }) => !this.#isRegistered(state.urn) && !this.#became.has(state))
    const stuck = dependents.find(({ state }) => state.protect && !state.delete)
    if (stuck) throw isProtected(stuck.state.urn, root.urn)
    executor.expectDeletions([root, ...dependents.map(({ state }) => state)])
    let last: Promise<unknown> = Promise.resolve()
    for (const { state, keys } of dependents.reverse()) {
      const before = last
      const deleting = (async (): Promise<DeletedAhead> => {
        await before
        const old = await executor.run({ kind: 'delete', old: state, replaced: !state.delete, keep: !state.delete })
        this.#became.set(state, state.delete ? undefined : old)
        return { old, keys }
      })()
      deleting.catch(() => {})
      if (!state.delete) this.#deletedAhead.set(state.urn, deleting)
      last = deleting
    }
    await last
  }

  /**
   * Everything that can't stay while `root` is gone, in the order of the state (step_generator.go,
   * calculateDependentReplacements).
   */
  async #dependentsOf (root: ResourceState): Promise<Dependent[]> {
    const { base } = this.#context
    const depending = new Set([root.urn])
    const replaced = new Set([root.urn])
    const dependents: Dependent[] = []
    for (const state of base.slice(base.indexOf(root) + 1)) {
      if (
        state.pendingReplacement ||
        this.#isRegistered(state.urn) ||
        !referencedUrns(state).some((urn) => depending.has(urn))
      ) { continue }
      depending.add(state.urn)
      const keys = await this.#reasons(state, replaced)
      if (keys === undefined) continue
      replaced.add(state.urn)
      dependents.push({ state, keys })
    }
    return dependents
  }

  /**
   * Why a resource would be replaced if those in `replaced` were: properties, or none in particular; `undefined`: it
   * would not.
   */
  async #reasons (state: ResourceState, replaced: ReadonlySet<string>): Promise<readonly string[] | undefined> {
    if (replaced.has(state.deletedWith)) return []
    if (!state.custom || state.external) return undefined
    if (state.provider !== '' && replaced.has(splitReference(state.provider).urn)) return []
    const uncertain = (key: string): boolean => (state.propertyDependencies[key] ?? []).some((urn) => replaced.has(urn))
    if (!Object.keys(state.inputs).some(uncertain)) return undefined
    const inputs: Properties = mapValues(state.inputs, (value, key) => (uncertain(key) ? unknown : value))
    const difference = await compare(state, { ...state, inputs }, await this.#connectionFor(state))
    const verdict = withReplaceOnChanges(difference, state.replaceOnChanges, false)
    return needsReplacement(verdict) ? verdict.replaces : undefined
  }

  async #connectionFor (state: ResourceState): Promise<ProviderConnection> {
    const { providers, base } = this.#context
    return isProviderType(state.type) ? providers.connect(packageOf(state.type)) : providers.fromState(state, base)
  }
}

/** The CLI's words (deploy/step_generator.go). */
const isProtected = (urn: string, root: string): EngineError =>
  new EngineError(
    `unable to replace resource "${urn}" as part of replacing "${root}" as it is currently marked for protection. ` +
      'To unprotect the resource, remove the `protect` flag from the resource in your Pulumi program and run ' +
      `\`pulumi up\`, or use the command:\n\`pulumi state unprotect '${urn}'\``
  )
