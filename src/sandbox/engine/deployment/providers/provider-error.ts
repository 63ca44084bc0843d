import { status as codes } from '@grpc/grpc-js'
import type { ServiceError } from '@grpc/grpc-js'
import providerPb from '@pulumi/pulumi/proto/provider_pb.js'
import statusPb from '@pulumi/pulumi/proto/status_pb.js'
import { fromStruct } from '../../values/wire.ts'
import type { Properties } from '../../values/value.ts'

/** A resource that was made but is not right: it exists and must be remembered. */
export interface InitializationFailure {
  id: string
  outputs: Properties
  /** Of a read: the inputs that would make the resource what it is. */
  inputs: Properties | undefined
  reasons: string[]
}

/** What a provider answered instead of a result. The message is the provider's own, unchanged. */
export class ProviderError extends Error {
  readonly code: number
  readonly initialization: InitializationFailure | undefined

  constructor (
    message: string,
    options: { code?: number, initialization?: InitializationFailure | undefined, cause?: unknown } = {}
  ) {
    super(message, { cause: options.cause })
    this.name = 'ProviderError'
    this.code = options.code ?? codes.UNKNOWN
    this.initialization = options.initialization
  }

  /**
   * After these codes nobody knows whether the provider did what it was asked (plugin/provider_plugin.go,
   * resourceStateAndError).
   */
  get leavesStateUnknown (): boolean {
    return this.code === codes.INTERNAL || this.code === codes.DATA_LOSS || this.code === codes.UNKNOWN
  }
}

export function providerError (error: ServiceError): ProviderError {
  const initialization = initializationOf(error)
  const message = initialization === undefined ? error.details : reasonsText(initialization.reasons)
  return new ProviderError(message, { code: error.code, initialization, cause: error })
}

/** As the real engine lists them (hashicorp/go-multierror). */
function reasonsText (reasons: string[]): string {
  if (reasons.length === 0) return 'resource init failed'
  const lines = reasons.map((reason) => `\t* ${reason}\n`)
  return `${reasons.length} error${reasons.length === 1 ? '' : 's'} occurred:\n${lines.join('')}\n`
}

function initializationOf (error: ServiceError): InitializationFailure | undefined {
  const [packed] = error.metadata?.get('grpc-status-details-bin') ?? []
  if (!(packed instanceof Uint8Array)) return undefined
  for (const detail of statusPb.Status.deserializeBinary(packed).getDetailsList()) {
    if (detail.getTypeName() !== 'pulumirpc.ErrorResourceInitFailed') continue
    const failure = providerPb.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8())
    return {
      id: failure.getId(),
      outputs: fromStruct(failure.getProperties()),
      inputs: failure.hasInputs() ? fromStruct(failure.getInputs()) : undefined,
      reasons: failure.getReasonsList()
    }
  }
  return undefined
}
