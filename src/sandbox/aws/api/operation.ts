import type { SandboxFaultInput } from '../../../schemas/sandbox.ts'
import type { Call } from '../model/types.ts'
import type { Props } from '../values.ts'

/** One operation of an AWS service. */
export interface ApiOperation {
  /** What scripted faults take it for: a verb, and a resource type or a name of its own. */
  on: SandboxFaultInput['on']
  type: string
  /** Parameters that are simulated: any other is refused by name. */
  takes: readonly string[]
  /** What it is about, for faults that are meant for certain names. */
  name?: (input: Props) => string
  /** The answer, as the protocol writes it. Throws ApiError. */
  run: (input: Props, call: Call) => Props
}

/** How a service's requests and answers are written. */
export type Protocol = 'json' | 'rest-json' | 'query' | 'ec2' | 's3'

/** A service under the name that requests are signed for. */
export interface AwsApi {
  /** The service id in messages. */
  id: string
  protocol: Protocol
  operations: Readonly<Record<string, ApiOperation>>
}
