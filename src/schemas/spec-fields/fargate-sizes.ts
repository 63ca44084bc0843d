/** The vCPU and memory pairs Fargate offers, the same for Batch and ECS (AWS Batch API reference, `ResourceRequirement`). */
const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step)

interface FargateRow { readonly vcpus: number, readonly memoriesMiB: readonly number[], readonly step: number }

const row = (vcpus: number, from: number, to: number, step: number): FargateRow => ({
  vcpus,
  memoriesMiB: range(from, to, step),
  step
})

export const FARGATE_SIZES: readonly FargateRow[] = [
  { vcpus: 0.25, memoriesMiB: [512, 1024, 2048], step: 0 },
  row(0.5, 1024, 4096, 1024),
  row(1, 2048, 8192, 1024),
  row(2, 4096, 16_384, 1024),
  row(4, 8192, 30_720, 1024),
  row(8, 16_384, 61_440, 4096),
  row(16, 32_768, 122_880, 8192)
]

/** ECS counts CPU in units of 1/1024 vCPU. */
export const CPU_UNITS_PER_VCPU = 1024

export interface FargateSize { readonly vcpus: number, readonly memoryMiB: number }

const SMALLEST: FargateSize = { vcpus: 0.25, memoryMiB: 512 }

/**
 * Fills in what is missing of a size: neither gives the smallest size, vCPU alone its smallest memory, memory alone the
 * smallest vCPU that offers it. Undefined if Fargate has no such size: it rounds nothing up.
 */
export function pairSize (vcpus: number | undefined, memoryMiB: number | undefined): FargateSize | undefined {
  if (vcpus === undefined && memoryMiB === undefined) return SMALLEST
  for (const size of FARGATE_SIZES) {
    if (vcpus !== undefined && vcpus !== size.vcpus) continue
    const memory = memoryMiB ?? size.memoriesMiB[0]
    if (memory !== undefined && size.memoriesMiB.includes(memory)) return { vcpus: size.vcpus, memoryMiB: memory }
  }
  return undefined
}

/** "2048 to 8192 MiB in steps of 1024" for 1 vCPU. */
function describeMemories ({ memoriesMiB, step }: FargateRow): string {
  return step === 0
    ? `${memoriesMiB.join(', ')} MiB`
    : `${memoriesMiB[0]} to ${memoriesMiB.at(-1)} MiB in steps of ${step}`
}

function nearestMemories (memoryMiB: number): number[] {
  const all = [...new Set(FARGATE_SIZES.flatMap((size) => size.memoriesMiB))].sort((a, b) => a - b)
  const below = all.findLast((memory) => memory < memoryMiB)
  const above = all.find((memory) => memory > memoryMiB)
  return [below, above].filter((memory) => memory !== undefined)
}

/** Why Fargate has no such size, with the sizes it has instead; undefined if it has it. `label` names the vCPU as the field does. */
export function sizeProblem (
  vcpus: number | undefined,
  memoryMiB: number | undefined,
  label = `${vcpus} vCPU`
): string | undefined {
  if (pairSize(vcpus, memoryMiB) !== undefined) return undefined
  const size = FARGATE_SIZES.find((candidate) => candidate.vcpus === vcpus)
  if (size !== undefined) return `Fargate pairs ${label} with ${describeMemories(size)}, not with ${memoryMiB}`
  return `Fargate has no size with ${memoryMiB} MiB; the nearest: ${nearestMemories(memoryMiB ?? 0).join(' or ')}`
}
