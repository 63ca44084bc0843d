const range = (fromMiB: number, toMiB: number, stepMiB: number): number[] =>
  Array.from({ length: (toMiB - fromMiB) / stepMiB + 1 }, (_, index) => fromMiB + index * stepMiB)

const QUARTER_VCPU_MIB: readonly number[] = [512, 1024, 2048]

/**
 * The vCPU and memory pairs that Fargate offers, the same for Batch and ECS (AWS Batch API reference,
 * `ResourceRequirement`).
 * `stepMiB` is the distance between two memories, 0 where it varies.
 */
export const FARGATE_SIZES = [
  { vcpus: 0.25, memoriesMiB: QUARTER_VCPU_MIB, stepMiB: 0 },
  { vcpus: 0.5, memoriesMiB: range(1024, 4096, 1024), stepMiB: 1024 },
  { vcpus: 1, memoriesMiB: range(2048, 8192, 1024), stepMiB: 1024 },
  { vcpus: 2, memoriesMiB: range(4096, 16_384, 1024), stepMiB: 1024 },
  { vcpus: 4, memoriesMiB: range(8192, 30_720, 1024), stepMiB: 1024 },
  { vcpus: 8, memoriesMiB: range(16_384, 61_440, 4096), stepMiB: 4096 },
  { vcpus: 16, memoriesMiB: range(32_768, 122_880, 8192), stepMiB: 8192 }
] as const

type SizeRow = typeof FARGATE_SIZES[number]
type Vcpus = SizeRow['vcpus']

/** ECS counts CPU in units of 1/1024 vCPU. */
export const CPU_UNITS_PER_VCPU = 1024

/** The vCPU of each size in ECS's units. */
export const CPU_UNITS = {
  0.25: 256, 0.5: 512, 1: 1024, 2: 2048, 4: 4096, 8: 8192, 16: 16_384
} as const satisfies Record<Vcpus, number>
export type CpuUnits = typeof CPU_UNITS[Vcpus]

export interface FargateSize { readonly vcpus: Vcpus, readonly memoryMiB: number }

const DEFAULT_SIZE: FargateSize = { vcpus: 0.25, memoryMiB: 512 }

/**
 * Fills in what is missing of a size: neither gives the smallest size, vCPU alone its smallest memory, memory alone the
 * smallest vCPU that offers it. Undefined if Fargate has no such size: it rounds nothing up.
 */
export function pairSize (vcpus: number | undefined, memoryMiB: number | undefined): FargateSize | undefined {
  if (vcpus === undefined && memoryMiB === undefined) return DEFAULT_SIZE
  for (const size of FARGATE_SIZES) {
    if (vcpus !== undefined && vcpus !== size.vcpus) continue
    const memory = memoryMiB ?? size.memoriesMiB[0]
    if (memory !== undefined && size.memoriesMiB.includes(memory)) return { vcpus: size.vcpus, memoryMiB: memory }
  }
  return undefined
}

/** "2048 to 8192 MiB in steps of 1024" for 1 vCPU. */
function describeMemories ({ memoriesMiB, stepMiB }: SizeRow): string {
  return stepMiB === 0
    ? `${memoriesMiB.join(', ')} MiB`
    : `${memoriesMiB[0]} to ${memoriesMiB.at(-1)} MiB in steps of ${stepMiB}`
}

function nearestMemories (memoryMiB: number): number[] {
  const all = [...new Set(FARGATE_SIZES.flatMap((size) => size.memoriesMiB))].sort((a, b) => a - b)
  const below = all.findLast((memory) => memory < memoryMiB)
  const above = all.find((memory) => memory > memoryMiB)
  return [below, above].filter((memory) => memory !== undefined)
}

/**
 * Why Fargate has no such size, with the sizes it has instead; undefined if it has it. `label` names the vCPU as the
 * field does.
 */
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
