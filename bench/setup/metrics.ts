import type { BatchyardClient } from '../../client/index.ts'

/** What `/metrics` says just now: the value of `batchyard_NAME` without labels, NaN where there is none. */
export async function readMetrics (client: BatchyardClient): Promise<(name: string) => number> {
  const { data } = await client.GET('/metrics', { parseAs: 'text' })
  return (name) => Number(new RegExp(`^batchyard_${name} (\\S+)$`, 'm').exec(String(data))?.[1])
}
