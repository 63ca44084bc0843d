import { AwsProviderError } from '../model/errors.ts'
import type { AwsCaller, CheckFailure } from '../model/types.ts'
import {
  block,
  blocks,
  isProps,
  parseJson,
  textProperty,
  textMap,
  texts,
  UNKNOWN,
  type Props,
  type Value
} from '../values.ts'
import { partitionOf } from '../../../spec/regions.ts'

/** The account of a provider that assumes no role. */
export const DEFAULT_ACCOUNT = '123456789012'

const SIMULATED = ['region', 'allowedAccountIds', 'assumeRoles', 'defaultTags', 'ignoreTags', 'version']
/** Switches of the real provider's own checks: there is nothing to skip here. */
const HARMLESS = [
  'skipCredentialsValidation',
  'skipMetadataApiCheck',
  'skipRegionValidation',
  'skipRequestingAccountId'
]
const NOT_SIMULATED = [
  'accessKey',
  'assumeRoleWithWebIdentity',
  'customCaBundle',
  'ec2MetadataServiceEndpoint',
  'ec2MetadataServiceEndpointMode',
  'endpoints',
  'forbiddenAccountIds',
  'httpProxy',
  'httpsProxy',
  'insecure',
  'maxRetries',
  'noProxy',
  'profile',
  'retryMode',
  's3UsEast1RegionalEndpoint',
  's3UsePathStyle',
  'secretKey',
  'sharedConfigFiles',
  'sharedCredentialsFiles',
  'stsRegion',
  'tagPolicyCompliance',
  'token',
  'tokenBucketRateLimiterCapacity',
  'useDualstackEndpoint',
  'useFipsEndpoint',
  'userAgents'
]

export const ROLE_ARN = /^arn:(aws[\w-]*):iam::(\d{12}):role\/([\w+=,.@/-]+)$/
const REGION =
  /^(af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov)-(north|south|east|west|central|northeast|northwest|southeast|southwest)-\d$/

/** Provider arguments reach the provider as JSON texts, whatever their type; plain values are taken too. */
function decode (args: Props): Props {
  return Object.fromEntries(Object.entries(args).map(([key, value]) => {
    const isText = ['region', 'version'].includes(key) || typeof value !== 'string' || value === UNKNOWN
    return [key, isText ? value : parseJson(value) ?? value]
  }))
}

/** Everything wrong with the provider's arguments. */
export function checkConfiguration (raw: Props): CheckFailure[] {
  const args = decode(raw)
  const failures: CheckFailure[] = []
  for (const [key, value] of Object.entries(args)) {
    if (SIMULATED.includes(key) || HARMLESS.includes(key) || value === null) continue
    failures.push({
      path: key,
      reason: NOT_SIMULATED.includes(key)
        ? `the sandbox does not simulate the argument "${key}" of the aws provider`
        : `Invalid or unknown key: the aws provider has no argument "${key}"`
    })
  }
  const region = textProperty(args, 'region')
  if (region !== UNKNOWN && region !== '' && !REGION.test(region)) {
    failures.push({ path: 'region', reason: `invalid AWS Region: ${region}` })
  }
  for (const assumed of rolesOf(args)) {
    const arn = textProperty(assumed, 'roleArn')
    if (arn !== UNKNOWN && !ROLE_ARN.test(arn)) {
      failures.push({ path: 'assumeRoles', reason: `"role_arn" (${arn}) is an invalid ARN` })
    }
  }
  return failures
}

function rolesOf (args: Props): Props[] {
  return blocks(args, 'assumeRoles')
}

/** Who calls under this configuration. Throws in the provider's words where it would refuse to start. */
export function configure (raw: Props): AwsCaller {
  const args = decode(raw)
  const failure = checkConfiguration(raw)[0]
  if (failure) throw new AwsProviderError(failure.reason)
  const region = textProperty(args, 'region')
  if (region === '') {
    throw new AwsProviderError(
      "invalid AWS Region: missing region: set the aws:region configuration value or the provider's region"
    )
  }
  const assumed = rolesOf(args).at(-1)
  const [, , account = DEFAULT_ACCOUNT, role = ''] = ROLE_ARN.exec(textProperty(assumed, 'roleArn')) ?? []
  refuseForeignAccount(args, account)
  return {
    account,
    region,
    partition: partitionOf(region) ?? 'aws',
    defaultTags: defaultTagsOf(args['defaultTags']),
    ignoredTags: {
      keys: texts(block(args, 'ignoreTags'), 'keys'),
      keyPrefixes: texts(block(args, 'ignoreTags'), 'keyPrefixes')
    },
    ...(assumed && {
      role: { name: role.split('/').at(-1) ?? role, session: textProperty(assumed, 'sessionName') || 'pulumi' }
    })
  }
}

function refuseForeignAccount (args: Props, account: string): void {
  const allowed = texts(args, 'allowedAccountIds')
  if (allowed.length > 0 && !allowed.includes(UNKNOWN) && !allowed.includes(account)) {
    throw new AwsProviderError(`AWS account ID not allowed: ${account}`)
  }
}

function defaultTagsOf (value: Value | undefined): Record<string, string> {
  return isProps(value) ? textMap(value, 'tags') : {}
}
