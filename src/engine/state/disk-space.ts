import { statfs } from 'node:fs/promises'
import { operationError } from '../../errors.ts'
import { RunFailure } from '../types.ts'

/**
 * A checkpoint with its copies, the history and the logs of one run stay far below this. The CLI that meets the end of the
 * disk puts what it could still write in the place of the checkpoint (measured on 3.260), so it must not get there.
 */
const NEEDED_BYTES = 64 * 1024 * 1024

/** @throws RunFailure (`storage-full`) when the file system of the state has less room than a run may take. */
export async function refuseFullDisk (directory: string, needed: number = NEEDED_BYTES): Promise<void> {
  const { bavail, bsize } = await statfs(directory)
  if (bavail * bsize >= needed) return
  const detail = `${directory} has room for ${Math.floor((bavail * bsize) / 1024 / 1024)} MiB, and a run may need ${Math.ceil(needed / 1024 / 1024)}. Nothing was begun.`
  throw new RunFailure(operationError('storage-full', detail))
}
