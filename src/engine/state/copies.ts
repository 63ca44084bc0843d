import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ignoreAbsence } from '../json.ts'
import type { StatePaths } from './state-paths.ts'

/** Runs of one stack whose history and backup stay; nothing else ever removes any. */
const KEPT_RUNS = 20

const filesIn = async (directory: string): Promise<string[]> =>
  (await readdir(directory).catch(ignoreAbsence) ?? []).map((name) => join(directory, name))

/**
 * Every copy of a checkpoint: of before its last write, one after each run, and one after each write of a current run.
 */
export async function copiesOf (paths: StatePaths): Promise<string[]> {
  const all = [paths.previous, ...await filesIn(paths.backups), ...await retainedOf(paths)]
  return all.filter((path) => !path.endsWith('.attrs'))
}

/**
 * The copies that the CLI is configured to write beside each checkpoint (`env.json.1795485056517000000`). Where the
 * disk is full it writes half a file over the checkpoint and its `.bak` (measured on 3.260), and the state before the
 * run lacks what the run created.
 */
async function retainedOf ({ checkpoint }: StatePaths): Promise<string[]> {
  const name = basename(checkpoint)
  const isRetained = (path: string): boolean =>
    path.startsWith(`${join(dirname(checkpoint), name)}.`) && /\.json\.\d+(\.attrs)?$/.test(path)
  return (await filesIn(dirname(checkpoint))).filter(isRetained)
}

/** After a run whose checkpoint is whole: removes the copies of its writes, and the history and backups of old runs. */
export async function pruneCopies (paths: StatePaths): Promise<void> {
  const old = [...beyondKept(await filesIn(paths.history)), ...beyondKept(await filesIn(paths.backups))]
  await removeAll([...await retainedOf(paths), ...old])
}

/** When a stack is removed: what would stay of it for ever. */
export async function removeCopies (paths: StatePaths): Promise<void> {
  await removeAll([paths.previous, `${paths.previous}.attrs`, ...await retainedOf(paths), paths.backups])
}

/** The files of a run have its time in nanoseconds in their names. */
function beyondKept (files: readonly string[]): string[] {
  const timeOf = (path: string): string => /\d{16,}/.exec(basename(path))?.[0] ?? ''
  const kept = new Set([...new Set(files.map(timeOf))].toSorted().slice(-KEPT_RUNS))
  return files.filter((path) => timeOf(path) !== '' && !kept.has(timeOf(path)))
}

const removeAll = async (paths: readonly string[]): Promise<void> => {
  await Promise.all(paths.map(async (path) => rm(path, { recursive: true, force: true })))
}
