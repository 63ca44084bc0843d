import type { ProviderFunction } from '../../model/types.ts'
import { textProperty } from '../../values.ts'

/** Functions that the provider answers by itself, without a call to AWS; its own source calls them `meta`. */
export const metaFunctions: readonly ProviderFunction[] = [
  {
    token: 'aws:index/getRegion:getRegion',
    service: 'EC2',
    takes: ['id', 'name', 'endpoint'],
    run: (args, call) => {
      const region = textProperty(args, 'name') || call.region
      const endpoint = `ec2.${region}.${dnsSuffixOf(region)}`
      return { id: region, region, name: region, description: region, endpoint }
    }
  },
  {
    token: 'aws:index/getPartition:getPartition',
    service: 'EC2',
    takes: ['id'],
    run: (_args, { caller: { partition, region } }) => ({
      id: partition,
      partition,
      dnsSuffix: dnsSuffixOf(region),
      reverseDnsPrefix: partition === 'aws-cn' ? 'cn.com.amazonaws' : 'com.amazonaws'
    })
  }
]

function dnsSuffixOf (region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
}
