import { ApiError } from '../../model/errors.ts'
import { regionField } from '../../model/define.ts'
import {
  atLeast,
  blockField,
  countField,
  flagField,
  jsonField,
  listField,
  isOneOf,
  textField,
  textMapField,
  type ArgumentFields
} from '../../model/fields.ts'
import type { Call, CheckFailure, AwsResourceType } from '../../model/types.ts'
import { block, blocks, canonical, flag, isEmpty, isProps, parseJson, textProperty, type Props } from '../../values.ts'
import { keyOf } from '../../world/item.ts'
import { checkPolicy } from '../iam/policy-document.ts'
import { requireBucket, SIDE_RESOURCES } from './bucket.ts'

const [OWNERSHIP = '', PUBLIC_ACCESS = '', ENCRYPTION = '', POLICY = '', LIFECYCLE = ''] = SIDE_RESOURCES

/** What every side resource of a bucket has in common: its id is the bucket, and it only exists beside one. */
function sideResource (own: {
  token: string
  label: string
  put: string
  remove: string
  fields: ArgumentFields
  unsupported?: string[]
  framework?: true
  seconds?: number
  check?: (inputs: Props) => CheckFailure[]
  validate?: (inputs: Props, call: Call) => void
  props?: Props
}): AwsResourceType {
  const seconds = own.seconds ?? 1.5
  return {
    token: own.token,
    label: own.label,
    service: 'S3',
    calls: { create: own.put, read: own.put.replace('Put', 'Get'), update: own.put, delete: own.remove },
    ...(own.framework ? { framework: true } : {}),
    fields: { ...regionField, bucket: textField({ required: true, forceNew: true }), ...own.fields },
    unsupported: own.unsupported ?? [],
    computed: Object.keys(own.props ?? {}),
    nameField: 'bucket',
    seconds: { create: seconds, update: seconds, delete: 1 },
    ...(own.check ? { check: own.check } : {}),
    validate: (inputs, call) => {
      requireBucket(inputs, call)
      own.validate?.(inputs, call)
    },
    draft: (inputs) => ({
      id: textProperty(inputs, 'bucket'),
      name: textProperty(inputs, 'bucket'),
      props: { ...own.props }
    }),
    // Each Put call of S3 overwrites what the bucket had.
    createIsUpsert: true
  }
}

export const bucketOwnershipControls = sideResource({
  token: OWNERSHIP,
  label: 'S3 Bucket Ownership Controls',
  put: 'PutBucketOwnershipControls',
  remove: 'DeleteBucketOwnershipControls',
  fields: {
    rule: blockField(
      {
        objectOwnership: textField({
          required: true,
          rule: isOneOf('BucketOwnerPreferred', 'ObjectWriter', 'BucketOwnerEnforced')
        })
      },
      { required: true }
    )
  }
})

export const bucketPublicAccessBlock = sideResource({
  token: PUBLIC_ACCESS,
  label: 'S3 Bucket Public Access Block',
  put: 'PutPublicAccessBlock',
  remove: 'DeletePublicAccessBlock',
  fields: {
    blockPublicAcls: flagField({ default: false }),
    blockPublicPolicy: flagField({ default: false }),
    ignorePublicAcls: flagField({ default: false }),
    restrictPublicBuckets: flagField({ default: false })
  },
  unsupported: ['skipDestroy']
})

export const bucketEncryption = sideResource({
  token: ENCRYPTION,
  label: 'S3 Bucket Server-side Encryption Configuration',
  put: 'PutBucketEncryption',
  remove: 'DeleteBucketEncryption',
  fields: {
    rules: listField(blockField({
      applyServerSideEncryptionByDefault: blockField({
        sseAlgorithm: textField({ required: true, rule: isOneOf('AES256', 'aws:kms', 'aws:kms:dsse') }),
        kmsMasterKeyId: textField()
      }),
      bucketKeyEnabled: flagField(),
      blockedEncryptionTypes: listField(textField({ rule: isOneOf('NONE', 'SSE-C') }), { computed: true })
    }), { required: true, max: 1 })
  },
  unsupported: ['expectedBucketOwner'],
  validate: (inputs) => {
    for (const rule of blocks(inputs, 'rules')) {
      const settings = block(rule, 'applyServerSideEncryptionByDefault')
      if (textProperty(settings, 'sseAlgorithm') === 'AES256' && textProperty(settings, 'kmsMasterKeyId') !== '') {
        throw new ApiError(
          'InvalidArgument',
          'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse'
        )
      }
    }
  }
})

export const bucketPolicy = sideResource({
  token: POLICY,
  label: 'S3 Bucket Policy',
  put: 'PutBucketPolicy',
  remove: 'DeleteBucketPolicy',
  fields: { policy: jsonField({ required: true }) },
  check: (inputs) => isProps(parseJson(textProperty(inputs, 'policy')))
    ? []
    : [{ path: 'policy', reason: '"policy" contains an invalid JSON policy' }],
  validate: (inputs, call) => {
    checkPolicy(textProperty(inputs, 'policy'), 'bucket')
    const guard = call.world.items.get(keyOf(PUBLIC_ACCESS, call, textProperty(inputs, 'bucket')))
    if (flag(guard?.props, 'blockPublicPolicy') && isPublic(textProperty(inputs, 'policy'))) {
      throw new ApiError(
        'AccessDenied',
        'User is not authorized to perform: s3:PutBucketPolicy on resource: ' +
          `"arn:${call.partition}:s3:::${textProperty(inputs, 'bucket')}" because public policies are ` +
          'prevented by the BlockPublicPolicy setting in S3 Block Public Access.',
        403
      )
    }
  }
})

/** An unconditional Allow for everyone makes a policy public; a Deny never does. */
function isPublic (policy: string): boolean {
  const document = parseJson(policy)
  if (!isProps(document)) return false
  return blocks(document, 'Statement').some((statement) =>
    textProperty(statement, 'Effect') === 'Allow' && isEmpty(statement['Condition']) &&
    ['"*"', '{"AWS":"*"}'].includes(canonical(statement['Principal'])))
}

const days = (): ReturnType<typeof countField> => countField({ rule: atLeast(1) })

export const bucketLifecycle = sideResource({
  token: LIFECYCLE,
  label: 'S3 Bucket Lifecycle Configuration',
  put: 'PutBucketLifecycleConfiguration',
  remove: 'DeleteBucketLifecycle',
  framework: true,
  seconds: 3,
  fields: {
    rules: listField(
      blockField(
        {
          id: textField({ required: true }),
          status: textField({ required: true, rule: isOneOf('Enabled', 'Disabled') }),
          filter: blockField({
            prefix: textField(),
            objectSizeGreaterThan: countField(),
            objectSizeLessThan: countField(),
            tag: blockField({ key: textField({ required: true }), value: textField({ required: true }) }),
            and: blockField(
              { prefix: textField(), tags: textMapField() },
              { unsupported: ['objectSizeGreaterThan', 'objectSizeLessThan'] }
            )
          }),
          expiration: blockField({ days: days(), date: textField(), expiredObjectDeleteMarker: flagField() }),
          abortIncompleteMultipartUpload: blockField({ daysAfterInitiation: days() }),
          noncurrentVersionExpiration: blockField({ noncurrentDays: days(), newerNoncurrentVersions: countField() })
        },
        { unsupported: ['prefix', 'transitions', 'noncurrentVersionTransitions'] }
      ),
      { max: 1000 }
    ),
    transitionDefaultMinimumObjectSize: textField({
      computed: true,
      rule: isOneOf('all_storage_classes_128K', 'varies_by_storage_class')
    })
  },
  unsupported: ['expectedBucketOwner', 'timeouts'],
  props: { transitionDefaultMinimumObjectSize: 'all_storage_classes_128K', expectedBucketOwner: '' },
  validate: (inputs) => {
    const rules = blocks(inputs, 'rules')
    if (rules.length === 0) {
      throw new ApiError(
        'MalformedXML',
        'The XML you provided was not well-formed or did not validate against our published schema'
      )
    }
    if (new Set(rules.map((rule) => textProperty(rule, 'id'))).size < rules.length) {
      throw new ApiError('InvalidArgument', 'Rule ID must be unique. Found same ID for more than one rule')
    }
    const actions = ['expiration', 'abortIncompleteMultipartUpload', 'noncurrentVersionExpiration']
    if (rules.some((rule) => actions.every((action) => isEmpty(rule[action])))) {
      throw new ApiError('InvalidRequest', 'At least one action needs to be specified in a rule')
    }
    if (
      rules.some((rule) => !isEmpty(rule['abortIncompleteMultipartUpload']) && !isEmpty(block(rule, 'filter')?.['tag']))
    ) {
      throw new ApiError('InvalidRequest', 'AbortIncompleteMultipartUpload cannot be specified with Tags.')
    }
  }
})
