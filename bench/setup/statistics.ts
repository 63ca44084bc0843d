/** The middle of the values; robust against the one round in which the machine did something else. */
export function median (values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]]
  if (low === undefined || high === undefined) throw new Error('the median of nothing')
  return (low + high) / 2
}

/**
 * Measures each contender once per round, in turn, so that whatever slows the machine down slows all of them; the order
 * is reversed in every other round. The first round warms up and does not count.
 * @returns The measurements by contender, `rounds` each.
 */
export async function interleave<const Name extends string> (
  rounds: number, contenders: Readonly<Record<Name, () => Promise<number>>>
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[]
  const measured = Object.fromEntries(names.map(name => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await contenders[name]()
      if (round > 0) measured[name].push(value)
    }
  }
  return measured
}
