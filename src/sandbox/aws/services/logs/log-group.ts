import { ApiError } from '../../model/errors.ts'
import { regionField } from '../../model/define.ts'
import { countField, matching, isOneOf, tagsFields, textField, type Rule } from '../../model/fields.ts'
import type { AwsResourceType } from '../../model/types.ts'
import { textProperty } from '../../values.ts'

/** Days CloudWatch keeps logs for; 0 is for ever. */
const RETENTION = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]

const retention: Rule = (value) => RETENTION.includes(Number(value))
  ? undefined
  : `expected %s to be one of [${RETENTION.join(' ')}], got ${String(value)}`

export const logGroup: AwsResourceType = {
  token: 'aws:cloudwatch/logGroup:LogGroup',
  label: 'CloudWatch Logs Log Group',
  service: 'CloudWatch Logs',
  calls: {
    create: 'CreateLogGroup',
    read: 'DescribeLogGroups',
    update: 'PutRetentionPolicy',
    delete: 'DeleteLogGroup'
  },
  fields: {
    ...regionField,
    ...tagsFields,
    name: textField({
      forceNew: true,
      computed: true,
      rule: matching(/^[.\-_/#A-Za-z0-9]{1,512}$/, 'must be 1 to 512 of a-z, A-Z, 0-9, _, -, /, # and .')
    }),
    retentionInDays: countField({ default: 0, rule: retention }),
    logGroupClass: textField({
      forceNew: true,
      computed: true,
      rule: isOneOf('STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY')
    })
  },
  unsupported: ['namePrefix', 'kmsKeyId', 'skipDestroy', 'deletionProtectionEnabled'],
  computed: ['arn', 'namePrefix'],
  autoName: { field: 'name', max: 512 },
  seconds: { create: 1, update: 1, delete: 1 },
  draft: (inputs, call) => {
    const name = textProperty(inputs, 'name')
    return {
      id: name,
      name,
      props: {
        arn: call.arn('logs', `log-group:${name}`),
        logGroupClass: textProperty(inputs, 'logGroupClass') || 'STANDARD',
        namePrefix: '',
        skipDestroy: false,
        deletionProtectionEnabled: false
      }
    }
  },
  conflictError: () => new ApiError('ResourceAlreadyExistsException', 'The specified log group already exists')
}
