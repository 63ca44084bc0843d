import { readFile, stat } from 'node:fs/promises'
import { cloudResources, isSound, parseCheckpoint } from './checkpoint.ts'
import { operationError } from '../../errors.ts'
import { listOf, recordOf } from '../json.ts'
import type { StatePaths } from './state-paths.ts'
import { RunFailure } from '../types.ts'
import { copiesOf } from './copies.ts'

/**
 * The failure of a state file that can't be used, with the newest copy that can. The file is left as it is: what an
 * engine made of it would be a stack that has forgotten its resources.
 * @param reason What is wrong with the file, as the end of a sentence.
 */
export async function damagedStateFailure (paths: StatePaths, reason: string): Promise<RunFailure> {
  const copy = await newestGoodCopy(paths)
  const advice = copy === undefined
    ? 'No good copy of it was found.'
    : `The newest good copy is ${copy.path}, of ${copy.time.toISOString()}, with ${copy.resources} cloud resources.`
  return new RunFailure(
    operationError('state-corrupt', `The state file ${paths.checkpoint} is damaged: ${reason}. ${advice}`)
  )
}

interface Copy {
  readonly path: string
  readonly time: Date
  readonly resources: number
}

async function newestGoodCopy (paths: StatePaths): Promise<Copy | undefined> {
  const files = await copiesOf(paths)
  const dated = await Promise.all(
    files.map(async (path) =>
      stat(path).then(
        ({ mtime }) => [{ path, time: mtime }],
        () => []
      )
    )
  )
  for (const { path, time } of dated.flat().toSorted((a, b) => b.time.getTime() - a.time.getTime())) {
    const resources = await readFile(path, 'utf8').then(countOfGood).catch(() => undefined)
    if (resources !== undefined) return { path, time, resources }
  }
  return undefined
}

/** @throws Error when the text is no checkpoint, or not one that an engine would take. */
function countOfGood (text: string): number {
  const { resources, deployment } = parseCheckpoint(text)
  if (!isSound(listOf(deployment.resources).map(recordOf))) {
    throw new Error('a reference to something that is not there')
  }
  return cloudResources(resources).length
}
