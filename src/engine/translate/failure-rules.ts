/* eslint-disable @stylistic/max-len -- a table of patterns */
import type { OperationCode } from '../../error-codes.ts'

/** What a message of the engine or the cloud means. The first rule that matches counts. */
export interface FailureRule {
  readonly code: OperationCode
  readonly pattern: RegExp
  /** Over by itself in a while, where others of its code are not: retried, by the worker first. */
  readonly passes?: true
}

/** From the most specific to the most general: `RequestLimitExceeded` is throttling and no quota. */
export const FAILURE_RULES: readonly FailureRule[] = [
  { code: 'state-locked', pattern: /the stack is currently locked by|\[409\] Conflict: Another update/ },
  {
    code: 'storage-full',
    pattern: /\bENOSPC\b|\bEDQUOT\b|\bEFBIG\b|no space left on device|disk quota exceeded|file too large/i
  },
  { code: 'state-unreadable', pattern: /incorrect passphrase|passphrase must be set|unable to decrypt/i },
  {
    code: 'state-corrupt',
    pattern:
      /snapshot integrity|state file contains errors|could not (deserialize|unmarshal)|failed to load (checkpoint|snapshot)/i
  },
  {
    code: 'plugin-missing',
    pattern: /no resource plugin|could not find (latest|plugin)|failed to locate plugin|PULUMI_DEBUG_PROVIDERS/i
  },
  {
    code: 'engine-unsupported',
    pattern: /sandbox (engine|cloud|AWS) does not|not simulated|does not (simulate|implement)/i
  },
  { code: 'bucket-not-empty', pattern: /BucketNotEmpty|bucket you tried to delete is not empty/i },
  { code: 'throttled', pattern: /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|Rate exceeded/ },
  {
    code: 'in-use',
    pattern:
      /found existing \w+ relationship|still Draining|ClusterContains\w+Exception|UpdateInProgressException|DeleteConflict|DependencyViolation|OperationAborted|ResourceInUse|has active jobs/
  },
  // A name is also taken while its last owner is being deleted.
  { code: 'name-conflict', pattern: /\bDELETING\b.*already exists|already exists.*\bDELETING\b/s, passes: true },
  { code: 'name-conflict', pattern: /AlreadyExists|AlreadyOwnedByYou|already exists|\.Duplicate\b/ },
  {
    code: 'quota-exceeded',
    pattern:
      /LimitExceeded|limit exceeded|QuotaExceeded|\bquota\b|(limit|maximum) (of|number)[^.]*(reached|exceeded)|exceeded[^.]*(limit|maximum)|reached[^.]*(limit|maximum)/i
  },
  {
    code: 'credentials-invalid',
    pattern:
      /ExpiredToken|InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient|RequestExpired|AuthFailure|no valid credential sources|failed to refresh cached credentials/i
  },
  { code: 'wrong-account', pattern: /account ID not allowed|not in the list of allowed accounts/i },
  // The role was made seconds ago, by this run or by the cloud for its own service, and is not yet known everywhere.
  {
    code: 'cloud-rejected',
    pattern:
      /assume the service[- ]linked role|service[- ]linked role[^.]*(does not|doesn't) exist|ECS was unable to assume the role|InvalidParameter\w*:.*\brole\b[^.]*(cannot|can't|could not) be assumed|InvalidParameter\w*:.*unable to assume[^.]*\brole\b|MalformedPolicyDocument.*Invalid principal/is,
    passes: true
  },
  // So was what a resource is attached to: what the spec names has been looked up before anything was made.
  {
    code: 'not-found-in-cloud',
    pattern: /NoSuchEntity.*\brole\b|ClusterNotFoundException|InvalidGroup\.NotFound/is,
    passes: true
  },
  { code: 'access-denied', pattern: /AccessDenied|UnauthorizedOperation|(is|are) not authorized to perform/ },
  {
    code: 'default-vpc-missing',
    pattern: /no default VPC|no matching EC2 VPC found|default VPC[^.]*(not found|does not exist)/i
  },
  {
    code: 'not-found-in-cloud',
    pattern:
      /\.NotFound\b|NoSuchEntity|NoSuchBucket|ResourceNotFoundException|ClusterNotFoundException|RepositoryNotFound/
  },
  {
    code: 'cloud-unavailable',
    pattern:
      /ServiceUnavailable|ServerException|InternalError|InternalFailure|InternalServerError|StatusCode: 5\d\d|connection (reset|refused)|i\/o timeout|no such host|timeout while waiting|RequestTimeout|UNAVAILABLE/i
  }
]

/** Lines in which the engine only says that something failed; the reason is in another. */
export const UNINFORMATIVE =
  /^((update|destroy|preview|refresh) failed|deleting failed|resource .* has a problem.*|error: update failed)$/i

/**
 * What engine and provider put around the cloud's own message: the engine's step, the provider's log prefix and suffix.
 */
export const WRAPPINGS: readonly RegExp[] = [
  /^error: /,
  /^Preview failed: /,
  /^\S+\.go:\d+: (\S+: )?/,
  /^(creating|updating|deleting|reading|replacing) urn:pulumi:\S+: /i,
  /^invocation of \S+ returned an error: /,
  /^invoking \S+: /,
  /^\d+ errors? occurred:\s*/,
  /^\* /,
  /^sdk\.helper_schema: /,
  /^deleting urn:pulumi:\S+ failed: /,
  /: provider=\S+@[\d.]+$/
]

export const CLOUD_REQUEST_ID = /\bRequest ?ID:? ?"?([A-Za-z0-9/+=-]{8,})/i
