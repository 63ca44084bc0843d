/**
 * When Batch tries a job again; the first match counts, and no match at all would mean again, so the last rule ends it.
 * Fargate words an interruption otherwise than EC2, so both texts are here (nextflow-io/nextflow#5786, #6674).
 * A job that fails by itself is not retried. The number of rules must not change: it replaces the job definition.
 */
export const EVALUATE_ON_EXITS = [
  { action: 'RETRY', onStatusReason: 'Host EC2*' },
  { action: 'RETRY', onStatusReason: 'Your Spot Task was interrupted*' },
  { action: 'RETRY', onReason: 'CannotPullContainerError:*' },
  { action: 'RETRY', onStatusReason: 'Task failed to start*' },
  { action: 'EXIT', onReason: '*' }
]

/** Retry strategy of a job definition for `attempts` attempts in all. */
export const retryStrategy = (attempts: number) => ({
  attempts,
  evaluateOnExits: EVALUATE_ON_EXITS.map((rule) => ({ ...rule }))
})
