import { Type } from 'typebox'
import { oneOf } from '../names.ts'
import { field, group, mapByName } from './declare.ts'

export const compute = mapByName(group({
  type: field(oneOf(['FARGATE', 'FARGATE_SPOT']), { default: 'FARGATE_SPOT' }),
  maxVcpus: field(Type.Integer({
    minimum: 1,
    maximum: 100_000,
    description: 'Upper limit of running vCPUs; the account quota applies besides'
  }), { default: 100, unit: 'vCPU' })
}), { description: 'Compute environments by name' })

export const queues = mapByName(group({
  priority: field(Type.Integer({
    minimum: 0,
    maximum: 1000,
    description: 'Higher is served first where queues share compute'
  }), { default: 1 })
}), { description: 'Job queues by name' })
