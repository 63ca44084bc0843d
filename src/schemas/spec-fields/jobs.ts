import { Type } from 'typebox'
import { oneOf } from '../names.ts'
import { field, group, mapByName, requiredField } from './declare.ts'
import { FARGATE_SIZES, pairSize, type FargateSize } from './fargate-sizes.ts'

export const Image = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'Container image reference, with a tag or digest',
  examples: ['public.ecr.aws/docker/library/python:3.13']
})

export const MemoryMiB = Type.Integer({
  minimum: 512,
  maximum: 122_880,
  description: 'MiB; must match the vCPU as Fargate pairs them'
})

/** The size of a container as a request may give it: in full, in part, or not at all. */
export interface GivenSize { readonly vcpus?: number, readonly memoryMiB?: number }

/** @throws Error for a size that `checkSpec` refuses */
export function sizeOf ({ vcpus, memoryMiB }: GivenSize): FargateSize {
  const size = pairSize(vcpus, memoryMiB)
  if (size === undefined) {
    throw new Error(`No Fargate size of ${vcpus} vCPU and ${memoryMiB} MiB: the spec was not checked`)
  }
  return size
}

export const jobs = mapByName(group({
  image: requiredField(Image),
  command: field(Type.Array(Type.String({ maxLength: 4096 }), { maxItems: 256 }), { default: [] }),
  environment: field(Type.Record(
    Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,254}$' }),
    Type.String({ minLength: 1, maxLength: 4096 }),
    {
      additionalProperties: false,
      maxProperties: 100,
      description: 'Plain environment variables; never put a secret here'
    }
  ), { default: {} }),
  vcpus: field(oneOf(FARGATE_SIZES.map(({ vcpus }) => vcpus), {
    description: 'vCPU of each job, a Fargate size'
  }), {
    defaultFrom: (size: GivenSize) => sizeOf(size).vcpus,
    defaultText: 'the smallest that offers the memory',
    unit: 'vCPU'
  }),
  memoryMiB: field(MemoryMiB, {
    defaultFrom: (size: GivenSize) => sizeOf(size).memoryMiB,
    defaultText: 'the smallest for the vCPU',
    unit: 'MiB'
  }),
  timeoutSeconds: field(Type.Integer({
    minimum: 60,
    maximum: 1_209_600,
    description: 'Seconds one attempt may run; Batch takes 60 or more, Fargate ends a task after 14 days'
  }), { default: 86_400, unit: 'seconds' }),
  attempts: field(Type.Integer({
    minimum: 1,
    maximum: 10,
    description: 'Attempts in all when Spot interrupts or an image pull fails; ' +
      'a job that fails by itself is not retried'
  }), { default: 5 })
}), { description: 'Job definitions by name' })
