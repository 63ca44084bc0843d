/** A resource as the state file has it. */
export interface StateResource {
  readonly urn: string
  readonly type: string
  readonly dependencies?: readonly string[]
}

/**
 * The seconds no engine can do without: along the dependencies of the state, the chain whose creations take longest in
 * sum, each beginning when the one before has ended.
 * @param secondsOf What the creation of a resource of that type takes; 0 for what is nothing in the cloud.
 */
export function longestChain (resources: readonly StateResource[], secondsOf: (type: string) => number): number {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]))
  const known = new Map<string, number>()
  const endOf = (urn: string): number => {
    const resource = byUrn.get(urn)
    if (resource === undefined) return 0
    const end = known.get(urn) ?? secondsOf(resource.type) + Math.max(0, ...(resource.dependencies ?? []).map(endOf))
    known.set(urn, end)
    return end
  }
  return Math.max(0, ...resources.map(({ urn }) => endOf(urn)))
}
