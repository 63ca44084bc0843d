import { workerData } from 'node:worker_threads'

/**
 * A thread beside the program: kills the runner when its service is gone and the program keeps the main thread too busy
 * to notice. Otherwise a program in an endless loop would outlive a killed service for ever.
 */
const INTERVAL_MILLISECONDS = 2_000

const { parent } = workerData as { parent: number }
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
}, INTERVAL_MILLISECONDS)
