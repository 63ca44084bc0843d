import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

/** What `/metrics` shows. Seconds and bytes throughout, as Prometheus has it. */
export function createMetrics () {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'batchyard_' })
  return {
    registry,
    requests: new Histogram({
      name: 'batchyard_http_request_seconds',
      help: 'Requests by what they do and the status they got',
      labelNames: ['operation', 'method', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers
    }),
    operations: new Histogram({
      name: 'batchyard_operation_seconds',
      help: 'Operations that ended, by kind and outcome, from their first start',
      labelNames: ['kind', 'outcome'],
      buckets: [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600],
      registers
    }),
    queueWait: new Histogram({
      name: 'batchyard_queue_wait_seconds',
      help: 'Time from accepting an operation to its first start',
      labelNames: ['kind'],
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800],
      registers
    }),
    running: new Gauge({
      name: 'batchyard_operations_running', help: 'Operations this process runs', labelNames: ['kind'], registers
    }),
    workerSlots: new Gauge({
      name: 'batchyard_worker_slots',
      help: 'Operations this process runs at once at most, by count and by memory',
      registers
    }),
    eventStreams: new Gauge({ name: 'batchyard_event_streams', help: 'Event streams open', registers }),
    eventReads: new Counter({
      name: 'batchyard_event_reads_total',
      help: 'Looks at the store for event streams; readers at the same position share them',
      registers
    }),
    engineStarts: new Counter({
      name: 'batchyard_engine_starts_total',
      help: 'Engine processes started, by command',
      labelNames: ['command'],
      registers
    })
  }
}
export type Metrics = ReturnType<typeof createMetrics>
