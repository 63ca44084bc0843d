/** Memory in MiB that AWS sells for each amount of CPU: from, to, step. Reference table 1.2. */
const SIZES: Readonly<Record<number, readonly [low: number, high: number, step: number]>> = {
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16384, 1024],
  4096: [8192, 30720, 1024],
  8192: [16384, 61440, 4096],
  16384: [32768, 122880, 8192]
}

/** Whether Fargate has a size of `units` CPU units (1024 are one vCPU) and `mib` MiB of memory. */
export function isFargateSize (units: number, mib: number): boolean {
  if (units === 256) return [512, 1024, 2048].includes(mib)
  const [low, high, step] = SIZES[units] ?? [1, 0, 1]
  return mib >= low && mib <= high && (mib - low) % step === 0
}
