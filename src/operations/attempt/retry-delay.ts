/** What fails for longer is not waited for: the last tries are this far apart, plus or minus half. */
const LONGEST_SECONDS = 120

/**
 * Seconds until the next try: doubled with each one, spread over half to one and a half of that, so that operations that
 * failed together do not try again together. AWS's retries of its own calls (seconds) have been used up by then.
 * @param retries how often it was tried again already
 * @param random from 0 to 1
 */
export function retryDelay (retries: number, baseSeconds: number, random: number): number {
  return Math.min(baseSeconds * 2 ** retries, LONGEST_SECONDS) * (0.5 + random)
}
