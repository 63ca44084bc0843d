/** Random choices that are the same for the same seed, on every machine. */
export interface Random {
  /** A whole number from 0 to `bound` - 1. */
  below (bound: number): number
  oneOf<T> (choices: readonly T[]): T
  /** True in `percent` of 100 cases. */
  chance (percent: number): boolean
}

/** Mulberry32 by Tommy Ettinger: 32 bits of state, public domain. */
export function randomFrom (seed: number): Random {
  let state = seed >>> 0
  function next (): number {
    state = (state + 0x6D2B79F5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (bound: number): number => Math.floor(next() * bound)
  return {
    below,
    oneOf (choices) {
      const choice = choices[below(choices.length)]
      if (choice === undefined) throw new Error('nothing to choose from')
      return choice
    },
    chance: (percent) => next() * 100 < percent
  }
}
