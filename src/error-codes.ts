/**
 * The catalogue of codes: every expected failure of a request or an operation has one, and a test keeps docs/errors.md
 * equal to it. A code that is retired is never used again.
 */
export const REQUEST_CODES = {
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'validation-failed': { status: 400, title: 'The request has invalid fields' },
  unauthenticated: { status: 401, title: 'A valid key is needed' },
  forbidden: { status: 403, title: 'This key may not do that' },
  'outside-guardrails': { status: 403, title: 'The spec reaches beyond the team\'s guardrails' },
  'unknown-team': { status: 403, title: 'The team is not known' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'environment-exists': { status: 409, title: 'The team has an environment of that name' },
  'operation-in-progress': { status: 409, title: 'Another operation is under way' },
  'environment-deleted': { status: 409, title: 'The environment is deleted' },
  'deletion-protected': { status: 409, title: 'The environment is protected from deletion' },
  'preview-outdated': { status: 409, title: 'Something has changed since the preview' },
  'preview-not-ready': { status: 409, title: 'The preview has not succeeded' },
  'not-retryable': { status: 409, title: 'The operation cannot be retried' },
  'outputs-not-ready': { status: 409, title: 'The environment has no outputs yet' },
  'precondition-failed': { status: 412, title: 'The environment has changed' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not of a type that can be read here' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used for another request' },
  'sandbox-rejected': { status: 422, title: 'The simulated account cannot do that' },
  'internal-error': { status: 500, title: 'Batchyard made a mistake' },
  unavailable: { status: 503, title: 'Batchyard cannot answer just now' }
} as const
export type RequestCode = keyof typeof REQUEST_CODES

/** How an operation that changes an environment is carried on. */
const RETRY = 'Retry it with POST /operations/{id}/retry, it carries on from the state; or delete the environment.'
/** What is said instead of an operation that changes nothing: there is nothing to carry on. */
const ASK_AGAIN = 'Ask for a new one.'

/** What the catalogue says of a code of an operation's error. */
export interface OperationCodeEntry {
  readonly title: string
  /** Whether the same request can succeed later. */
  readonly retryable: boolean
  /** Whether the worker itself tries again, with backoff, before it gives up. */
  readonly transient?: boolean
  /** What a person does about it; made of how the operation is carried on, where that is a part of it. */
  readonly next: string | ((retry: string) => string)
  /** What a person does in a situation that needs other advice. */
  readonly nextWhen?: Readonly<Partial<Record<Situation, string>>>
}

/** A situation in which a code needs other advice than usual. */
export type Situation = 'written-during-delete'

/** Why operations fail. */
export const OPERATION_CODES = {
  'default-vpc-missing': {
    retryable: false,
    title: 'The account has no default VPC',
    next: "Name subnets in the spec or in the team's placement, or create a default VPC in the region."
  },
  'quota-exceeded': {
    retryable: false,
    title: 'A quota of the account is exhausted',
    next:
      'Delete environments that are not needed, or place the team in another account or region. AWS does not raise ' +
      'the 50 compute environments and 50 queues per region.'
  },
  'access-denied': {
    retryable: false,
    title: 'The cloud denied access',
    next:
      "Compare the provisioner role's policy with docs/provisioner-policy.md; service control policies and " +
      'permissions boundaries count too.'
  },
  'credentials-invalid': {
    retryable: false,
    title: 'The cloud did not accept the credentials',
    next: "Renew the service's credentials and check its clock."
  },
  'wrong-account': {
    retryable: false,
    title: 'The credentials lead to another account',
    next: "Correct accountId or roleArn in the team's placement."
  },
  'name-conflict': {
    retryable: false,
    title: 'A resource of that name exists already',
    next: 'Look at the resource named in the error; delete or rename it if it is a left-over.'
  },
  'not-found-in-cloud': {
    retryable: false,
    title: 'Something the spec refers to does not exist',
    next: 'Correct the subnet, security group or image named in the error.'
  },
  'network-mismatch': {
    retryable: false,
    title: "The network's parts do not belong together",
    next: "Name subnets and security groups of one VPC, in the spec or in the team's placement."
  },
  'in-use': {
    retryable: true,
    transient: true,
    title: 'A resource is still in use',
    next: (retry) => `Wait for what uses it to end. ${retry}`
  },
  'bucket-not-empty': {
    retryable: false,
    title: 'The bucket holds objects',
    next:
      'Move or delete the objects, then send the DELETE again; or say ?bucket=empty or ?bucket=retain. Nothing was ' +
      'torn down.',
    nextWhen: {
      'written-during-delete':
        'Objects were written while the environment was torn down; the bucket and what belongs to it are left. Send ' +
        'the DELETE again with ?bucket=empty or ?bucket=retain.'
    }
  },
  'jobs-running': {
    retryable: true,
    title: 'Jobs are running',
    next:
      'Wait until they have ended, then send the request again; or say ?jobs=terminate on the DELETE, PATCH or PUT. ' +
      'Nothing was touched.'
  },
  throttled: {
    retryable: true,
    transient: true,
    title: 'The cloud throttled the calls',
    next: (retry) => `Wait a few minutes. ${retry}`
  },
  'cloud-unavailable': {
    retryable: true,
    transient: true,
    title: 'The cloud did not answer or failed',
    next: (retry) => `${retry} If it stays, look at the cloud's status page.`
  },
  'cloud-rejected': {
    retryable: false,
    title: 'The cloud refused a resource',
    next: "The message is the cloud's own; correct the spec accordingly."
  },
  'deadline-exceeded': {
    retryable: true,
    title: 'The run did not end in time',
    next: (retry) => `The resource named in the error was still under way. ${retry}`
  },
  'program-failed': {
    retryable: false,
    title: "The environment's program failed",
    next: "This is a defect in Batchyard; report it with the operation's id."
  },
  'runner-out-of-memory': {
    retryable: true,
    transient: true,
    title: 'The runner ran out of memory',
    next: 'Raise BATCHYARD_RUNNER_MEMORY_MIB if it happens again.'
  },
  'engine-killed': {
    retryable: true,
    transient: true,
    title: 'The engine was killed',
    next: (retry) => `The host may be short of memory: look at its log. ${retry}`
  },
  'runner-crashed': {
    retryable: true,
    transient: true,
    title: 'The runner ended unexpectedly',
    next: (retry) => retry
  },
  'engine-failed': {
    retryable: true,
    title: 'The engine failed',
    next: (retry) => `The message is the engine's own. ${retry}`
  },
  'engine-unsupported': {
    retryable: false,
    title: 'The engine cannot do that',
    next: 'The sandbox engine names what it does not simulate; use the real engine for it.'
  },
  'plugin-missing': {
    retryable: false,
    title: 'The AWS plugin is not installed',
    next: 'Install the exact plugin version named in the error beside the engine.'
  },
  'state-locked': {
    retryable: true,
    transient: true,
    title: 'The state is locked by another run',
    next: (retry) => `Wait for the other run to end. ${retry}`
  },
  'state-unreadable': {
    retryable: false,
    title: 'The state cannot be read',
    next: 'Check the passphrase and the state file named in the error.'
  },
  'state-missing': {
    retryable: true,
    title: 'The state of the environment is not there',
    next:
      'Put the state back that belongs to this database, or correct BATCHYARD_STATE_URL, then try again. If it is ' +
      'lost, delete what the error names by hand, then the environment.'
  },
  'state-corrupt': {
    retryable: true,
    title: 'The state file is damaged',
    next:
      'The detail names the file and the last good copy. Put the copy in its place, then try again; nothing was ' +
      'overwritten.'
  },
  'storage-full': {
    retryable: true,
    title: 'The state cannot be written',
    next: (retry) => `Make room where the state lies. ${retry}`
  },
  'preview-outdated': {
    retryable: false,
    title: 'The state has changed since the preview',
    next: 'Nothing was touched. Make a new preview, and send the write again with its id.'
  },
  cancelled: { retryable: true, title: 'The operation was cancelled', next: (retry) => retry }
} as const satisfies Readonly<Record<string, OperationCodeEntry>>
export type OperationCode = keyof typeof OPERATION_CODES

/**
 * What a person does about an error.
 * @param canBeRetried whether the operation changes an environment, so that a retry carries it on
 */
export function adviceFor (code: OperationCode, canBeRetried: boolean, situation?: Situation): string {
  const { next, nextWhen }: OperationCodeEntry = OPERATION_CODES[code]
  if (situation && nextWhen?.[situation] !== undefined) return nextWhen[situation]
  return typeof next === 'string' ? next : next(canBeRetried ? RETRY : ASK_AGAIN)
}
