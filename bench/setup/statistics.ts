/** The middle of the values; robust against the one round in which the machine did something else. */
export function median (values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]]
  if (low === undefined || high === undefined) throw new Error('the median of nothing')
  return (low + high) / 2
}

/** The value that `share` of the values (0.99: all but one in a hundred) do not exceed. */
export function percentile (values: readonly number[], share: number): number {
  const value = [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1]
  if (value === undefined) throw new Error('a percentile of nothing')
  return value
}

/**
 * Measures each contender once per round, in turn, so that whatever slows the machine down slows all of them; the order
 * is reversed in every other round. The first round warms up and does not count.
 * @returns The measurements by contender, `rounds` each.
 */
export async function interleave<const Name extends string, Measurement = number> (
  rounds: number, contenders: Readonly<Record<Name, () => Promise<Measurement>>>
): Promise<Record<Name, Measurement[]>> {
  const names = Object.keys(contenders) as Name[]
  const measured = Object.fromEntries(names.map((name) => [name, [] as Measurement[]])) as Record<Name, Measurement[]>
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await contenders[name]()
      if (round > 0) measured[name].push(value)
    }
  }
  return measured
}
