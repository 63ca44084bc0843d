import { logGroup } from './log-group.ts'
import { count, textProperty, type Props } from '../../values.ts'
import type { Call } from '../../model/types.ts'
import { isVisible } from '../../world/item.ts'
import type { AwsApi } from '../../api/operation.ts'
import { pageOf } from '../../api/page.ts'

export const logsApi: AwsApi = {
  id: 'CloudWatch Logs',
  protocol: 'json',
  operations: {
    DescribeLogGroups: {
      on: 'read',
      type: logGroup.token,
      takes: ['logGroupNamePrefix', 'limit', 'nextToken'],
      name: (input) => textProperty(input, 'logGroupNamePrefix'),
      run: describeLogGroups
    }
  }
}

function describeLogGroups (input: Props, call: Call): Props {
  const prefix = textProperty(input, 'logGroupNamePrefix')
  const found = call.world.inRegion(logGroup.token, call)
    .filter((item) => item.name.startsWith(prefix) && item.status !== 'deleting' && isVisible(item))
    .sort((a, b) => a.name < b.name ? -1 : 1)
  const { page, next } = pageOf(found, {
    size: count(input, 'limit') ?? 50,
    after: textProperty(input, 'nextToken'),
    keyOf: (item) => item.name
  })
  return {
    logGroups: page.map((item) => ({
      logGroupName: item.name,
      arn: `${textProperty(item.props, 'arn')}:*`,
      logGroupArn: textProperty(item.props, 'arn'),
      retentionInDays: count(item.props, 'retentionInDays') ?? 0
    })),
    ...(next !== undefined && { nextToken: next })
  }
}
