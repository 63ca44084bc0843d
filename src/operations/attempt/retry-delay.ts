/** The longest delay, plus or minus half. */
const LONGEST_SECONDS = 120

/**
 * Seconds until the next try: doubled with each try, times a random factor of 0.5 to 1.5, so that operations that
 * failed together are not tried again together. The SDK's own retries of a call, within seconds, are used up by then.
 * @param retries how often it was tried again already
 * @param random from 0 to 1
 */
export function retryDelay (retries: number, baseSeconds: number, random: number): number {
  return Math.min(baseSeconds * 2 ** retries, LONGEST_SECONDS) * (0.5 + random)
}
