import { EngineError } from '../../errors.ts'
import type { ResourceState } from '../../state/resource.ts'
import { packageOf, splitReference } from '../../urn.ts'
import type { Properties } from '../../values/value.ts'
import { ProviderConnection } from './provider.ts'

/**
 * Key of engine-internal settings among a provider's inputs; no provider gets to see it (deploy/providers/registry.go).
 */
const internalKey = '__internal'

export function withoutInternal (inputs: Properties): Properties {
  const { [internalKey]: _, ...rest } = inputs
  return rest
}

/** What the real engine adds to the inputs of a provider whose plugin version is asked for. */
export const withVersion = (inputs: Properties, version: string): Properties =>
  version === '' ? inputs : { [internalKey]: {}, ...inputs, version }

/**
 * Reads `PULUMI_DEBUG_PROVIDERS`: name to port.
 * @throws EngineError naming the entry that is not `name:port`
 */
export function parseDebugProviders (text: string): Map<string, number> {
  const ports = new Map<string, number>()
  for (const entry of text.split(',').filter((part) => part !== '')) {
    const match = /^([^:]+):(\d+)$/.exec(entry.trim())
    if (match?.[1] === undefined) {
      throw new EngineError(`Expected PULUMI_DEBUG_PROVIDERS to be of the form name:port, got ${entry}`)
    }
    ports.set(match[1], Number(match[2]))
  }
  return ports
}

/** The provider instances of one deployment, by reference (`URN::ID`), each with its own connection. */
export class ProviderRegistry {
  readonly #ports: Map<string, number>
  readonly #engineAddress: string
  readonly #instances = new Map<string, Promise<ProviderConnection>>()
  readonly #connections = new Set<ProviderConnection>()

  constructor (ports: Map<string, number>, engineAddress: string) {
    this.#ports = ports
    this.#engineAddress = engineAddress
  }

  /**
   * A new connection, not configured yet.
   * @throws EngineError if the package has no entry in PULUMI_DEBUG_PROVIDERS: this engine can't load plugins
   */
  async connect (name: string): Promise<ProviderConnection> {
    const port = this.#ports.get(name)
    if (port === undefined) {
      throw new EngineError(
        `the sandbox engine has no provider for package '${name}': ` +
          'it attaches to the providers of PULUMI_DEBUG_PROVIDERS and loads no plugins'
      )
    }
    const connection = new ProviderConnection(name, port)
    this.#connections.add(connection)
    await connection.attach(this.#engineAddress)
    return connection
  }

  /** Configures a connection and makes it the instance behind `reference`. */
  async configure (connection: ProviderConnection, reference: string, inputs: Properties): Promise<void> {
    const { urn, id } = splitReference(reference)
    await connection.configure(urn, id, withoutInternal(inputs))
    this.#instances.set(reference, Promise.resolve(connection))
  }

  /** @throws EngineError if no such provider was registered in this deployment */
  async get (reference: string): Promise<ProviderConnection> {
    const instance = this.#instances.get(reference)
    if (instance === undefined) throw new EngineError(`unknown provider '${reference}'`)
    return instance
  }

  /** The instance for a resource of the checkpoint, started from the provider's own entry there if need be. */
  async fromState (state: ResourceState, resources: readonly ResourceState[]): Promise<ProviderConnection> {
    const reference = state.provider
    const started = this.#instances.get(reference)
    if (started) return started
    const { urn, id } = splitReference(reference)
    const provider = resources.find((other) => other.urn === urn && other.id === id)
    if (provider === undefined) {
      throw new EngineError(
        `bad provider reference '${reference}' for resource '${state.urn}': the provider is not in the state`
      )
    }
    const starting = this.#start(provider)
    this.#instances.set(reference, starting)
    return starting
  }

  async #start (provider: ResourceState): Promise<ProviderConnection> {
    try {
      const connection = await this.connect(packageOf(provider.type))
      await connection.configure(provider.urn, provider.id, withoutInternal(provider.inputs))
      return connection
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause)
      throw new EngineError(`could not create provider ${provider.urn}::${provider.id}: ${message}`, { cause })
    }
  }

  /** Asks every provider of this deployment to give up what it is doing; the connections stay. */
  async cancelAll (): Promise<void> {
    await Promise.all([...this.#connections].map(async (connection) => connection.cancel()))
  }

  close (): void {
    for (const connection of this.#connections) connection.close()
  }
}
