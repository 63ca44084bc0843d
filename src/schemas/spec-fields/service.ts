import { Type } from 'typebox'
import { oneOf } from '../names.ts'
import { field, group, mainEntry } from './declare.ts'
import { CPU_UNITS, CPU_UNITS_PER_VCPU, FARGATE_SIZES, type CpuUnits } from './fargate-sizes.ts'
import { Image, MemoryMiB, sizeOf } from './jobs.ts'

interface GivenTaskSize { readonly cpu?: CpuUnits, readonly memoryMiB?: number }

const taskSizeOf = ({ cpu, ...memory }: GivenTaskSize) =>
  sizeOf({ ...(cpu !== undefined && { vcpus: cpu / CPU_UNITS_PER_VCPU }), ...memory })

export const service = group({
  image: field(Image, {
    defaultFrom: (_, { spec }) => mainEntry(spec.jobs)[1].image,
    defaultText: 'the image of the job `default`, or of the only one'
  }),
  cpu: field(oneOf(FARGATE_SIZES.map(({ vcpus }) => CPU_UNITS[vcpus]), {
    description: 'ECS CPU units of the task; 1024 are one vCPU'
  }), {
    defaultFrom: (size: GivenTaskSize) => CPU_UNITS[taskSizeOf(size).vcpus],
    defaultText: 'the smallest that offers the memory',
    unit: 'CPU units'
  }),
  memoryMiB: field(MemoryMiB, {
    defaultFrom: (size: GivenTaskSize) => taskSizeOf(size).memoryMiB,
    defaultText: 'the smallest for the CPU units',
    unit: 'MiB'
  }),
  desiredCount: field(Type.Integer({ minimum: 0, maximum: 5000 }), { default: 0 })
})
