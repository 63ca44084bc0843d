import { containsSecret } from '../values/value.ts'
import type { SecretsProvider } from '../secrets.ts'
import type { Encrypt, JsonObject } from '../values/json.ts'
import { checkpointText, resourceText } from './checkpoint.ts'
import type { OperationType, PendingOperation } from './checkpoint.ts'
import { keepAs, writeAtomic } from './files.ts'
import type { StackFiles } from './files.ts'
import type { ResourceState } from './resource.ts'

export interface SnapshotOptions {
  files: StackFiles
  secrets: SecretsProvider
  base: ResourceState[]
  pending: PendingOperation[]
  extra: JsonObject
  /** Of a preview: nothing is ever written. */
  readOnly?: boolean
  /** Keep a copy of each checkpoint beside it. */
  retain?: boolean
}

const neverEncrypt: Encrypt = () => { throw new Error('a secret in a resource that has none') }

/**
 * What a deployment knows so far, and its file. As in the real engine it is what this deployment has made or kept,
 * followed by the resources of the base that it has not dealt with yet, and the operations in progress.
 *
 * A write covers every change made before it began; steps that finish at the same time share one. `saved()` resolves
 * once all changes made before the call are in the file.
 */
export class Snapshot {
  readonly #options: SnapshotOptions
  readonly #texts = new WeakMap<ResourceState, string>()
  readonly #operations = new Set<PendingOperation>()
  #base: ResourceState[]
  #current: ResourceState[] = []
  /** The write that ends last of those begun or waiting. */
  #last: Promise<void> = Promise.resolve()
  /** A write that has not begun: it will cover what is changed until then. */
  #queued: Promise<void> | undefined

  constructor (options: SnapshotOptions) {
    this.#options = options
    this.#base = [...options.base]
    for (const operation of options.pending) this.#operations.add(operation)
  }

  get resources (): ResourceState[] {
    return [...this.#current, ...this.#base]
  }

  begin (type: OperationType, resource: ResourceState): PendingOperation {
    const operation = { type, resource }
    this.#operations.add(operation)
    return operation
  }

  end (operation: PendingOperation): void {
    this.#operations.delete(operation)
  }

  /** A resource now exists in this form; `old` is what it was in the base, if it was there. */
  put (state: ResourceState, old?: ResourceState): void {
    if (old) this.#base = this.#base.filter((other) => other !== old)
    this.#current.push(state)
  }

  /**
   * Changes a resource in its place, as when a component registers its outputs, or a resource waits for its deletion.
   */
  replace (old: ResourceState, state: ResourceState): void {
    this.#current = this.#current.map((other) => other === old ? state : other)
    this.#base = this.#base.map((other) => other === old ? state : other)
  }

  /** Puts what is known now in the place of the base. */
  rebase (states: readonly ResourceState[]): void {
    this.#base = [...states]
  }

  remove (old: ResourceState): void {
    this.#base = this.#base.filter((other) => other !== old)
    this.#current = this.#current.filter((other) => other !== old)
  }

  async saved (): Promise<void> {
    if (this.#options.readOnly) return
    this.#queued ??= this.#queue()
    await this.#queued
  }

  /** Writes never overlap: of two, the one with the older content could come last. */
  async #queue (): Promise<void> {
    const before = this.#last
    const write = (async () => {
      await before.catch(() => {})
      this.#queued = undefined
      await this.#write()
    })()
    this.#last = write
    await write
  }

  async #write (): Promise<void> {
    const { files, secrets, extra, retain = false } = this.#options
    const resources = this.resources
    const operations = [...this.#operations]
    const encrypt = await this.#encrypter([...resources, ...operations.map(({ resource }) => resource)])
    const text = checkpointText({
      project: files.project,
      stack: files.stack,
      salt: secrets.salt,
      time: new Date(),
      resources: resources.map((state) => this.#text(state, encrypt)),
      pending: operations.map(
        ({ resource, type }) => `{"resource":${this.#text(resource, encrypt)},"type":${JSON.stringify(type)}}`
      ),
      extra
    })
    await keepAs(files.checkpoint, files.previous)
    await writeAtomic(files.checkpoint, text, `${files.checkpoint}.tmp`)
    if (retain) {
      await keepAs(
        files.checkpoint,
        `${files.checkpoint}.${BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n)}`
      )
    }
  }

  async #encrypter (states: ResourceState[]): Promise<Encrypt> {
    const fresh = states.filter((state) => !this.#texts.has(state))
    if (!fresh.some((state) => containsSecret(state.inputs) || containsSecret(state.outputs))) return neverEncrypt
    const crypter = await this.#options.secrets.crypter()
    return crypter.encrypt
  }

  #text (state: ResourceState, encrypt: Encrypt): string {
    const known = this.#texts.get(state)
    if (known !== undefined) return known
    const text = resourceText(state, encrypt)
    this.#texts.set(state, text)
    return text
  }
}
