import { ApiError } from '../../model/errors.ts'
import { flagField, tagsFields, textField, type Rule } from '../../model/fields.ts'
import { regionField } from '../../model/define.ts'
import type { Call, AwsResourceType } from '../../model/types.ts'
import { flag, textProperty, type Props } from '../../values.ts'
import { isVisible, type Item } from '../../world/item.ts'
import { entriesOf } from './objects.ts'

export const BUCKET = 'aws:s3/bucket:Bucket'
export const SIDE_RESOURCES = [
  'BucketOwnershipControls',
  'BucketPublicAccessBlock',
  'BucketServerSideEncryptionConfiguration',
  'BucketPolicy',
  'BucketLifecycleConfiguration'
].map((name) => `aws:s3/b${name.slice(1)}:${name}`)

const CONFLICT = 409
const HOSTED_ZONES: Readonly<Record<string, string>> = {
  'us-east-1': 'Z3AQBSTGFYJSTF',
  'us-east-2': 'Z2O1EMRO9K5GLX',
  'us-west-1': 'Z2F56UZL2M1ACD',
  'us-west-2': 'Z3BJ6K6RIION7M',
  'eu-west-1': 'Z1BKCTXD74EZPE',
  'eu-central-1': 'Z21DNDUVLTQW6Q'
}

/** S3's rules for the names of general purpose buckets; reference 1.7. */
const bucketName: Rule = (value) => {
  const name = String(value)
  const wrong =
    !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) ||
    name.includes('..') ||
    /^(\d{1,3}\.){3}\d{1,3}$/.test(name) ||
    /^(xn--|sthree-|amzn-s3-demo-)/.test(name) ||
    /(-s3alias|--ol-s3|\.mrap|--x-s3)$/.test(name)
  return wrong
    ? `validating S3 Bucket (${name}) name: only lowercase alphanumeric characters, hyphens and dots allowed, ` +
      '3 to 63 of them, without reserved prefixes and suffixes'
    : undefined
}

export const bucket: AwsResourceType = {
  token: BUCKET,
  label: 'S3 Bucket',
  service: 'S3',
  calls: { create: 'CreateBucket', read: 'HeadBucket', update: 'PutBucketTagging', delete: 'DeleteBucket' },
  scope: 'partition',
  fields: {
    ...regionField,
    ...tagsFields,
    bucket: textField({ forceNew: true, computed: true, rule: bucketName }),
    forceDestroy: flagField({ default: false })
  },
  unsupported: [
    'accelerationStatus',
    'acl',
    'bucketNamespace',
    'bucketPrefix',
    'corsRules',
    'grants',
    'lifecycleRules',
    'logging',
    'objectLockConfiguration',
    'objectLockEnabled',
    'policy',
    'replicationConfiguration',
    'requestPayer',
    'serverSideEncryptionConfiguration',
    'versioning',
    'website'
  ],
  computed: [
    'arn',
    'bucketDomainName',
    'bucketRegion',
    'bucketRegionalDomainName',
    'hostedZoneId',
    'requestPayer',
    'objectLockEnabled',
    'versioning'
  ],
  autoName: { field: 'bucket', max: 63, lowerCase: true },
  seconds: { create: 3, update: 2, delete: 2 },
  draft: (inputs, call) => {
    const name = textProperty(inputs, 'bucket')
    const suffix = call.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'
    return {
      id: name,
      name,
      props: {
        arn: `arn:${call.partition}:s3:::${name}`,
        bucketDomainName: `${name}.s3.${suffix}`,
        bucketRegion: call.region,
        bucketRegionalDomainName: `${name}.s3.${call.region}.${suffix}`,
        hostedZoneId: HOSTED_ZONES[call.region] ?? 'Z3AQBSTGFYJSTF',
        bucketNamespace: 'global',
        bucketPrefix: '',
        accelerationStatus: '',
        requestPayer: 'BucketOwner',
        objectLockEnabled: false,
        policy: '',
        versioning: { enabled: false, mfaDelete: false },
        serverSideEncryptionConfiguration: {
          rule: {
            applyServerSideEncryptionByDefault: { kmsMasterKeyId: '', sseAlgorithm: 'AES256' },
            bucketKeyEnabled: false
          }
        }
      }
    }
  },
  conflictError: (_draft, holder, call) =>
    holder.account === call.account
      ? new ApiError(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        CONFLICT
      )
      : new ApiError(
        'BucketAlreadyExists',
        'The requested bucket name is not available. The bucket namespace is shared by all users of the system. ' +
          'Please select a different name and try again.',
        CONFLICT
      ),
  refuseDelete: (item) => {
    if (entriesOf(item).length > 0 && !flag(item.props, 'forceDestroy')) {
      throw new ApiError('BucketNotEmpty', 'The bucket you tried to delete is not empty', CONFLICT)
    }
  },
  removed: (item, world) => {
    for (const type of SIDE_RESOURCES) {
      for (const side of world.inRegion(type, item)) {
        if (textProperty(side.props, 'bucket') === item.name) world.drop(side.key)
      }
    }
  }
}

/** The bucket a side resource belongs to; S3's errors when it is not there or not the caller's. */
export function requireBucket (inputs: Props, call: Call): Item {
  const name = textProperty(inputs, 'bucket')
  const found = call.world.ofType(BUCKET).find((item) => item.name === name && isVisible(item))
  if (!found || found.status === 'deleting') {
    throw new ApiError('NoSuchBucket', 'The specified bucket does not exist', 404)
  }
  if (found.account !== call.account) throw new ApiError('AccessDenied', 'Access Denied', 403)
  if (found.region !== call.region) {
    throw new ApiError(
      'PermanentRedirect',
      'The bucket you are attempting to access must be addressed using the specified endpoint.',
      301
    )
  }
  return found
}
