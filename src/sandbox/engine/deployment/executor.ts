import { randomUUID } from 'node:crypto'
import { EngineError, messageOf, notImplemented } from '../errors.ts'
import type { OperationType } from '../state/checkpoint.ts'
import type { ResourceState } from '../state/resource.ts'
import type { Snapshot } from '../state/snapshot.ts'
import { isProviderType } from '../urn.ts'
import { containsUnknown, unknownValue } from '../values/value.ts'
import type { Properties } from '../values/value.ts'
import { ProviderError } from './providers/provider-error.ts'
import type { ProviderConnection } from './providers/provider.ts'
import { withoutInternal } from './providers/providers.ts'
import type { ProviderRegistry } from './providers/providers.ts'
import { markSecrets } from './reporting/secret-outputs.ts'
import { statusUnknown } from './reporting/reporter.ts'
import type { Reporter } from './reporting/reporter.ts'
import { newOf, oldOf, subjectOf } from './planning/step.ts'
import type { DeploymentStep } from './planning/step.ts'
import { Semaphore } from './stop.ts'
import type { Stop } from './stop.ts'

/** A step that failed and has been reported. */
export class StepFailed extends Error {
  readonly urn: string

  constructor (urn: string, cause: unknown) {
    super(messageOf(cause), { cause })
    this.name = 'StepFailed'
    this.urn = urn
  }
}

export interface ExecutorOptions {
  snapshot: Snapshot
  providers: ProviderRegistry
  reporter: Reporter
  stop: Stop
  parallel: number
  /** Go on with what does not depend on a failed step. */
  continueOnError: boolean
  preview: boolean
  base: readonly ResourceState[]
}

const operations: Record<DeploymentStep['kind'], OperationType | undefined> = {
  same: undefined,
  create: 'creating',
  update: 'updating',
  'create-replacement': 'creating',
  replace: undefined,
  refresh: undefined,
  delete: 'deleting',
  forget: undefined
}

/**
 * Carries steps out, so many at a time. What a provider is asked to do is in the checkpoint as a pending operation
 * before it is asked, and the result is in the checkpoint before anyone builds on it: after a crash the checkpoint
 * tells what may exist.
 */
export class Executor {
  readonly #options: ExecutorOptions
  readonly #slots: Semaphore
  readonly #running = new Set<Promise<unknown>>()
  readonly #deleting = new Set<string>()
  #failed = false

  constructor (options: ExecutorOptions) {
    this.#options = options
    this.#slots = new Semaphore(options.parallel)
  }

  /** Whether any step failed. */
  get failed (): boolean {
    return this.#failed
  }

  /** These will be deleted: what is deleted with one of them needs no call of its own. */
  expectDeletions (resources: readonly ResourceState[]): void {
    for (const { urn } of resources) this.#deleting.add(urn)
  }

  /** This one comes back in this deployment: what is deleted with it has to be deleted by a call of its own. */
  expectCreation (urn: string): void {
    this.#deleting.delete(urn)
  }

  /**
   * @returns the resource as it is now; the old state after a delete
   * @throws Stopped before the step has begun, StepFailed once its failure is reported and saved
   */
  async run (step: DeploymentStep, connection?: ProviderConnection): Promise<ResourceState> {
    const running = this.#slots.use(async () => {
      this.#options.stop.check()
      return this.#carryOut(step, connection)
    })
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  /**
   * A step that only looks: `work` answers the step with what it found.
   * @throws Stopped before it has begun, StepFailed once its failure is reported
   */
  async find<S extends DeploymentStep>(step: S, work: () => Promise<S>): Promise<S> {
    const { reporter, stop } = this.#options
    return this.#slots.use(async () => {
      stop.check()
      reporter.began(step)
      try {
        const found = await work()
        reporter.ended(found, subjectOf(found))
        return found
      } catch (error) {
        await this.#fail(step, error)
        throw new StepFailed(subjectOf(step).urn, error)
      }
    })
  }

  /** Resolves when no step is in progress. */
  async idle (): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled([...this.#running])
  }

  async #carryOut (step: DeploymentStep, connection: ProviderConnection | undefined): Promise<ResourceState> {
    const { reporter, snapshot } = this.#options
    reporter.began(step)
    const type = this.#asksProvider(step) ? operations[step.kind] : undefined
    const operation =
      type && snapshot.begin(type, type === 'creating' ? subjectOf(step) : (oldOf(step) ?? subjectOf(step)))
    try {
      if (operation) await snapshot.saved()
      const state = await this.#apply(step, connection)
      if (operation) snapshot.end(operation)
      this.#remember(step, state)
      if (step.kind !== 'same') await snapshot.saved()
      reporter.ended(step, state)
      return state
    } catch (error) {
      if (operation) snapshot.end(operation)
      await this.#fail(step, error)
      throw new StepFailed(subjectOf(step).urn, error)
    }
  }

  #asksProvider (step: DeploymentStep): boolean {
    const { custom, type } = subjectOf(step)
    if (!custom || isProviderType(type) || operations[step.kind] === undefined) return false
    return step.kind !== 'delete' || (this.#needsDelete(step.old) && (step.replaced || !step.old.protect))
  }

  #needsDelete (old: ResourceState): boolean {
    return !old.external && !old.retainOnDelete && !this.#deleting.has(old.deletedWith)
  }

  async #apply (step: DeploymentStep, connection: ProviderConnection | undefined): Promise<ResourceState> {
    const now = new Date().toISOString()
    switch (step.kind) {
      case 'same':
        return this.#keep(step, connection)
      case 'create':
      case 'create-replacement':
        return this.#create(step.new, connection, now)
      case 'update':
        return this.#update(step, connection, now)
      case 'delete':
        await this.#delete(step)
        return step.keep ? { ...step.old, pendingReplacement: true } : step.old
      case 'replace':
        return step.new
      case 'refresh':
      case 'forget':
        return step.old
    }
  }

  async #keep (
    step: DeploymentStep & { kind: 'same' },
    connection: ProviderConnection | undefined
  ): Promise<ResourceState> {
    const { old } = step
    if (isProviderType(old.type) && connection) {
      await this.#configure(connection, `${old.urn}::${old.id}`, step.new.inputs)
    }
    return { ...step.new, id: old.id, outputs: old.outputs, created: old.created, modified: old.modified }
  }

  async #create (
    wanted: ResourceState,
    connection: ProviderConnection | undefined,
    now: string
  ): Promise<ResourceState> {
    const fresh = { ...wanted, created: now, modified: now }
    if (!wanted.custom || connection === undefined) return fresh
    if (isProviderType(wanted.type)) {
      const id = this.#options.preview ? unknownValue : randomUUID()
      await this.#configure(connection, `${wanted.urn}::${id}`, wanted.inputs)
      return { ...fresh, id, outputs: withoutInternal(wanted.inputs) }
    }
    const { id, outputs } = this.#options.preview
      ? await connection.previewCreate(wanted.urn, wanted.inputs)
      : await connection.create(wanted.urn, wanted.inputs, wanted.customTimeouts.create ?? 0)
    return { ...fresh, id, outputs: markSecrets(outputs, wanted, connection.acceptsSecrets) }
  }

  async #update (
    step: DeploymentStep & { kind: 'update' },
    connection: ProviderConnection | undefined,
    now: string
  ): Promise<ResourceState> {
    const { old, new: wanted } = step
    const updated = { ...wanted, id: old.id, created: old.created, modified: now }
    if (!wanted.custom || connection === undefined) return { ...updated, outputs: old.outputs }
    if (isProviderType(wanted.type)) {
      await this.#configure(connection, `${old.urn}::${old.id}`, wanted.inputs)
      return { ...updated, outputs: withoutInternal(wanted.inputs) }
    }
    const timeout = wanted.customTimeouts.update ?? 0
    const { preview } = this.#options
    const outputs = await connection.update(old, wanted.inputs, {
      timeout,
      ignoreChanges: wanted.ignoreChanges,
      preview
    })
    return { ...updated, outputs: markSecrets(outputs, wanted, connection.acceptsSecrets) }
  }

  async #configure (connection: ProviderConnection, reference: string, inputs: Properties): Promise<void> {
    if (containsUnknown(inputs)) throw notImplemented('the preview of a provider whose configuration is not known yet')
    await this.#options.providers.configure(connection, reference, inputs)
  }

  /** Whoever replaces a protected resource is refused before its first step. */
  async #delete ({ old, replaced }: DeploymentStep & { kind: 'delete' }): Promise<void> {
    if (old.protect && !replaced) throw isProtected(old.urn)
    if (this.#options.preview || !old.custom || isProviderType(old.type) || !this.#needsDelete(old)) return
    const connection = await this.#options.providers.fromState(old, this.#options.base)
    await connection.delete(old, old.customTimeouts.delete ?? 0)
  }

  #remember (step: DeploymentStep, state: ResourceState): void {
    const { snapshot } = this.#options
    switch (step.kind) {
      case 'replace':
      case 'refresh':
        return
      case 'delete':
      case 'forget':
        return step.kind === 'delete' && step.keep ? snapshot.replace(step.old, state) : snapshot.remove(step.old)
      case 'create-replacement':
        if (step.condemned) snapshot.replace(step.old, step.condemned)
        return snapshot.put(state, step.old)
      default:
        return snapshot.put(state, oldOf(step))
    }
  }

  /**
   * A resource that was made but is not right exists: it is remembered with what went wrong, and the next update mends
   * it.
   */
  async #fail (step: DeploymentStep, error: unknown): Promise<void> {
    const { reporter, snapshot, stop, continueOnError } = this.#options
    this.#failed = true
    const failure = error instanceof ProviderError ? error : undefined
    const partial = failure?.initialization
    const next = newOf(step)
    if (partial && next && operations[step.kind] !== undefined) {
      const now = new Date().toISOString()
      // What an update did not bring about must differ again the next time, so the inputs stay the old ones
      // (engine/update.go).
      const { inputs, created } = step.kind === 'update' ? step.old : { inputs: next.inputs, created: now }
      this.#remember(step, {
        ...next,
        inputs,
        id: partial.id,
        outputs: partial.outputs,
        initErrors: partial.reasons,
        created,
        modified: now
      })
    }
    await snapshot.saved()
    const unknown = operations[step.kind] !== 'creating' && failure?.leavesStateUnknown === true
    reporter.failed(step, messageOf(error), partial ? 1 : unknown ? statusUnknown : 0)
    if (!continueOnError) stop.now('failed')
  }
}

/** The CLI's words (deploy/step.go). */
const isProtected = (urn: string): EngineError =>
  new EngineError(
    `resource "${urn}" cannot be deleted\n` +
      'because it is protected. To unprotect the resource, either remove the `protect` flag from the resource in ' +
      `your Pulumi program and run \`pulumi up\`, or use the command:\n\`pulumi state unprotect '${urn}'\``
  )
