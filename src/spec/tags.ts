/** Tags Batchyard puts on every resource; a label cannot take their names. */
const TAG_PREFIX = 'batchyard:'
export const TEAM_TAG = 'batchyard:team'
export const ENVIRONMENT_TAG = 'batchyard:environment'
export const ID_TAG = 'batchyard:id'

/** Why a label cannot become a tag; undefined if it can. `twin` is another key that is the same in lower case. */
function labelProblem (key: string, lower: string, twin: string | undefined): string | undefined {
  if (lower.startsWith('aws:')) return 'AWS keeps keys that begin with aws: to itself'
  if (lower.startsWith(TAG_PREFIX)) return `keys that begin with ${TAG_PREFIX} are Batchyard's own`
  if (key.trim() !== key || key.trim() === '') return 'a key neither begins nor ends with a space'
  // IAM keeps the case of a tag's key but does not tell keys apart by it.
  return twin === undefined
    ? undefined
    : `differs from ${JSON.stringify(twin)} in case only, which IAM does not tell apart`
}

/** Why labels cannot become tags, by key. */
export function labelProblems (keys: readonly string[]): Map<string, string> {
  const alike = Map.groupBy(keys, (key) => key.toLowerCase())
  return new Map([...alike].flatMap(([lower, twins]) => twins.flatMap((key) => {
    const problem = labelProblem(key, lower, twins[0] === key ? twins[1] : twins[0])
    return problem === undefined ? [] : [[key, problem] as const]
  })))
}
