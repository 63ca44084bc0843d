/** AWS's regions by partition, as AWS publishes them (2026); the isolated partitions are not served. */
const REGIONS_BY_PARTITION = {
  aws: [
    'af-south-1',
    'ap-east-1',
    'ap-east-2',
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-northeast-3',
    'ap-south-1',
    'ap-south-2',
    'ap-southeast-1',
    'ap-southeast-2',
    'ap-southeast-3',
    'ap-southeast-4',
    'ap-southeast-5',
    'ap-southeast-6',
    'ap-southeast-7',
    'ca-central-1',
    'ca-west-1',
    'eu-central-1',
    'eu-central-2',
    'eu-north-1',
    'eu-south-1',
    'eu-south-2',
    'eu-west-1',
    'eu-west-2',
    'eu-west-3',
    'il-central-1',
    'me-central-1',
    'me-south-1',
    'mx-central-1',
    'sa-east-1',
    'us-east-1',
    'us-east-2',
    'us-west-1',
    'us-west-2'
  ],
  'aws-cn': ['cn-north-1', 'cn-northwest-1'],
  'aws-us-gov': ['us-gov-east-1', 'us-gov-west-1']
} as const
export type Partition = keyof typeof REGIONS_BY_PARTITION

const PARTITIONS = new Map<string, Partition>([
  ...REGIONS_BY_PARTITION.aws.map((region) => [region, 'aws'] as const),
  ...REGIONS_BY_PARTITION['aws-cn'].map((region) => [region, 'aws-cn'] as const),
  ...REGIONS_BY_PARTITION['aws-us-gov'].map((region) => [region, 'aws-us-gov'] as const)
])

export const REGIONS: readonly string[] = [...PARTITIONS.keys()]

/** The partition of a region; undefined if AWS has no such region. */
export const partitionOf = (region: string): Partition | undefined => PARTITIONS.get(region)

/** Edits between two short strings (Levenshtein), one row at a time. */
function distance (a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 0; i < a.length; i++) {
    const current = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const replaced = (previous[j] ?? 0) + (a[i] === b[j] ? 0 : 1)
      current.push(Math.min(replaced, (previous[j + 1] ?? 0) + 1, (current[j] ?? 0) + 1))
    }
    previous = current
  }
  return previous.at(-1) ?? 0
}

/** More edits than this is another word, not a slip. */
const NEAR = 3
const LONGEST_SLIP = 20

/** Regions that may have been meant, nearest first, at most three. */
export function nearestRegions (region: string): string[] {
  if (region.length > LONGEST_SLIP) return []
  return REGIONS.map((name) => ({ name, edits: distance(region, name) }))
    .filter(({ edits }) => edits <= NEAR)
    .sort((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map(({ name }) => name)
}

/** Why a region cannot be used; undefined if AWS has it. */
export function regionProblem (region: string): string | undefined {
  if (partitionOf(region) !== undefined) return undefined
  const near = nearestRegions(region)
  return `AWS has no region ${JSON.stringify(region)}${near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`}`
}
