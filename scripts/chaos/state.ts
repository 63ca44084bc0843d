import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint } from '../../src/engine/state/checkpoint.ts'
import { listOf, recordOf, textOf } from '../../src/engine/json.ts'
import { statePaths } from '../../src/engine/state/state-paths.ts'
import type { SandboxResource } from '../../src/schemas/sandbox.ts'
import { insist } from './requests.ts'
import type { KillableService } from './killable-service.ts'

/** What is left of a stack in the state directory, and what is wrong with it. */
export interface StackState {
  readonly exists: boolean
  /** Resources of the cloud, each as its type and ARN, or its id where it has none. */
  readonly resources: readonly string[]
  readonly faults: readonly string[]
}

export async function readStack (service: KillableService, stack: string): Promise<StackState> {
  const paths = statePaths(join(service.dataDir, 'state'), stack)
  const locks = (await readdir(paths.locks).catch(() => [])).filter((name) => name.endsWith('.json'))
  const lockFaults = locks.map((name) => `the lock ${name} stays`)
  const text = await readFile(paths.checkpoint, 'utf8').catch(() => undefined)
  if (text === undefined) return { exists: false, resources: [], faults: lockFaults }
  const { deployment } = parseCheckpoint(text)
  const pending = listOf(deployment.pending_operations).map(recordOf)
  const entries = listOf(deployment.resources).map(recordOf)
  return {
    exists: true,
    resources: entries
      .filter(isOfCloud)
      .map(({ type, id, outputs }) => `${textOf(type)} ${textOf(recordOf(outputs).arn) || textOf(id)}`)
      .sort(),
    faults: [
      ...lockFaults,
      ...pending.map(
        ({ type, resource }) => `the operation ${textOf(type)} ${textOf(recordOf(resource).urn)} stays pending`
      ),
      ...entries
        .filter((entry) => entry.delete === true || listOf(entry.initErrors).length > 0)
        .map(({ urn }) => `${textOf(urn)} is unfinished`)
    ]
  }
}

/** What was only read is not in the account because of this stack. */
const isOfCloud = ({ custom, external, type }: Record<string, unknown>): boolean =>
  custom === true && external !== true && !textOf(type).startsWith('pulumi:')

/** What the simulated accounts hold, each as its type and ARN, or its id where it has none. */
export async function readCloud (service: KillableService): Promise<string[]> {
  const { items } = await insist<{ items: SandboxResource[] }>(service, { path: '/sandbox/resources' })
  return items.map(({ type, id, arn }) => `${type} ${arn ?? id}`).sort()
}

export function countTypes (resources: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const resource of resources) {
    const [type = ''] = resource.split(' ')
    counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return counts
}
