/** Tags Batchyard puts on every resource; a label cannot take their names. */
export const TAG_PREFIX = 'batchyard:'
export const TEAM_TAG = 'batchyard:team'
export const ENVIRONMENT_TAG = 'batchyard:environment'
export const ID_TAG = 'batchyard:id'

/** Why a label cannot become a tag; undefined if it can. `keys` are all of the labels' keys. */
export function labelProblem (key: string, keys: readonly string[]): string | undefined {
  const lower = key.toLowerCase()
  if (lower.startsWith('aws:')) return 'AWS keeps keys that begin with aws: to itself'
  if (lower.startsWith(TAG_PREFIX)) return `keys that begin with ${TAG_PREFIX} are Batchyard's own`
  if (key.trim() !== key || key.trim() === '') return 'a key neither begins nor ends with a space'
  const twin = keys.find(other => other !== key && other.toLowerCase() === lower)
  // IAM keeps the case of a tag's key but does not tell keys apart by it.
  return twin === undefined ? undefined : `differs from ${JSON.stringify(twin)} in case only, which IAM does not tell apart`
}
