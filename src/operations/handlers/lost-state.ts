import { RunFailure, type KnownResource } from '../../engine/types.ts'
import { operationError } from '../../errors.ts'
import { awsTargetOf } from './engine-run.ts'
import type { WorkItem } from './work-item.ts'

/** As many ARNs as an error can show. */
const SHOWN_ARNS = 5

/**
 * Refuses to work on an environment that was ready, is absent from the state and exists in the cloud: an update would
 * make it a second time, and a delete would leave all of it. It looks like that where the database was restored without
 * its state, or where the state backend is another one.
 * @throws RunFailure `state-missing`
 */
export async function refuseLostState (
  { attempt: { context: { awsCalls } }, environment }: WorkItem,
  resources: readonly KnownResource[]
): Promise<void> {
  const { id, outputs } = environment
  // Without outputs a delete has begun, and may have come so far that there is no state left.
  if (resources.length > 0 || outputs === null) return
  const tagged = await awsCalls.tagged(awsTargetOf(environment), id)
  if (tagged.length === 0) return
  const arns = tagged.slice(0, SHOWN_ARNS).map(({ arn }) => arn)
  const named = `${arns.join(', ')}${tagged.length > SHOWN_ARNS ? ', …' : ''}`
  const detail = `The state backend has no stack ${id}, and the account has ${tagged.length} resources of it: ${named}`
  throw new RunFailure(operationError('state-missing', detail))
}
