import { statfs } from 'node:fs/promises'
import { operationError } from '../../errors.ts'
import { RunFailure } from '../types.ts'

/**
 * A checkpoint with its copies, the history and the logs of one run stay far below this. A CLI that finds the disk full
 * writes half a file over the checkpoint (measured on 3.260), so it must not come to that.
 */
const NEEDED_BYTES = 64 * 1024 * 1024

/** @throws RunFailure (`storage-full`) when the file system of the state has less room than a run may take. */
export async function refuseFullDisk (directory: string, needed: number = NEEDED_BYTES): Promise<void> {
  const { bavail, bsize } = await statfs(directory)
  if (bavail * bsize >= needed) return
  const freeMiB = Math.floor((bavail * bsize) / 1024 / 1024)
  const neededMiB = Math.ceil(needed / 1024 / 1024)
  const detail = `${directory} has room for ${freeMiB} MiB, and a run may need ${neededMiB}. Nothing was begun.`
  throw new RunFailure(operationError('storage-full', detail))
}
