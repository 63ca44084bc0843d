import { oneOf } from '../names.ts'
import { field, group } from './declare.ts'

const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
] as const

export const logs = group({
  retentionDays: field(oneOf(RETENTION_DAYS, {
    description: 'Days CloudWatch keeps the log events'
  }), { default: 30, unit: 'days' })
})
