import { RunFailure, type KnownResource } from '../../engine/types.ts'
import { operationError } from '../../errors.ts'
import type { WorkItem } from './work-item.ts'
import { required, awsTargetOf } from './engine-run.ts'

/** As many ARNs as an error can show. */
const SHOWN = 5

/**
 * Refuses to work on an environment that was ready and of which the state knows nothing, as long as the cloud does: an update
 * would make it a second time, and a delete would leave all of it. A state that was not restored with its database looks
 * like that, or another state backend.
 * @throws RunFailure `state-missing`
 */
export async function refuseLostState (
  {
    attempt: {
      context: { aws }
    },
    environment
  }: WorkItem,
  resources: readonly KnownResource[]
): Promise<void> {
  const { id, outputs, ...row } = required(environment)
  // Without outputs a delete has begun, and may have come so far that there is no state left.
  if (resources.length > 0 || outputs === null) return
  const tagged = await aws.tagged(awsTargetOf(row), id)
  if (tagged.length === 0) return
  const named = tagged
    .slice(0, SHOWN)
    .map(({ arn }) => arn)
    .join(', ')
  throw new RunFailure(
    operationError(
      'state-missing',
      `The state backend has no stack ${id}, and the account has ${tagged.length} resources of it: ${named}${tagged.length > SHOWN ? ', …' : ''}`
    )
  )
}
