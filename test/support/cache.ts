import { join } from 'node:path'

/** Where tests keep what the next run need not make again. */
export const CACHE = join(import.meta.dirname, '../../node_modules/.cache/batchyard')
