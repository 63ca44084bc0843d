import { inspect } from 'node:util'
import { randomFrom } from './random.ts'
import { SPEC, runStep, type Lifecycle, type StepResult } from './lifecycle.ts'
import { planLifecycle, type Step } from './plan.ts'
import { Violation } from './requests.ts'
import { startKillableService, type KillableService, type KillableServiceOptions } from './killable-service.ts'
import { countTypes, readCloud } from './state.ts'

export interface ChaosOptions {
  readonly engine: KillableServiceOptions['engine']
  /** The URL of an empty database of a Postgres server, another with each call; undefined for the embedded one. */
  readonly freshDatabase: () => Promise<string | undefined>
  /** At least so many; the lifecycle in which the last one happens is completed. */
  readonly kills: number
  /** Each lifecycle has a seed of its own: this one, the next, and so on. */
  readonly seed: number
  /** Called with each step when it is over. */
  readonly onStep?: (seed: number, result: StepResult) => void
}

/** What was found wrong, in one step or because a lifecycle could not continue. */
interface Finding {
  readonly seed: number
  readonly step: string
  readonly wrong: string
  /** Where the data folder and the service's log are. */
  readonly folder: string
}

export interface ChaosReport {
  readonly engine: string
  readonly database: string
  readonly lifecycles: number
  readonly results: readonly StepResult[]
  readonly findings: readonly Finding[]
}

/**
 * Runs environments through their lifecycles, one after the other, until there were `kills` kills. One that fails
 * leaves its folder.
 */
export async function runChaos (options: ChaosOptions): Promise<ChaosReport> {
  const results: StepResult[] = []
  const findings: Finding[] = []
  const open = async (): Promise<KillableService> =>
    startKillableService({ engine: options.engine, databaseUrl: await options.freshDatabase() })
  let service = await open()
  const { engine, database } = service
  let types = new Map<string, number>()
  let lifecycles = 0
  try {
    types = await undisturbed(service)
    for (; countKills(results) < options.kills; lifecycles++) {
      const found = await runLifecycle(service, types, { ...options, seed: options.seed + lifecycles }, results)
      findings.push(...found)
      if (found.length === 0) continue
      await service.close({ keep: true })
      service = await open()
    }
  } finally {
    await service.close({ keep: false })
  }
  return { engine, database, lifecycles, results, findings }
}

export function countKills (results: readonly StepResult[]): number {
  return results.flatMap(({ strikes }) => strikes).filter(({ killed }) => killed.length > 0).length
}

/** How many resources of each type an environment has that nobody was killed for. */
async function undisturbed (service: KillableService): Promise<Map<string, number>> {
  const lifecycle = begin(service, new Map())
  const steps: Step[] = [{ kind: 'create', what: 'create', kills: [] }, { kind: 'delete', what: 'delete', kills: [] }]
  let types = new Map<string, number>()
  for (const step of steps) {
    const { wrong } = await runStep(lifecycle, step)
    if (wrong.length > 0) throw new Error(`a ${step.what} that nobody disturbed result wrong: ${wrong.join('; ')}`)
    if (step.kind === 'create') types = countTypes(await readCloud(service))
  }
  return types
}

const begin = (service: KillableService, types: ReadonlyMap<string, number>): Lifecycle => ({
  service,
  types,
  accepted: [],
  id: '',
  spec: SPEC
})

async function runLifecycle (
  service: KillableService,
  types: ReadonlyMap<string, number>,
  { seed, onStep }: ChaosOptions,
  results: StepResult[]
): Promise<Finding[]> {
  const lifecycle = begin(service, types)
  for (const step of planLifecycle(randomFrom(seed))) {
    const found = (wrong: string): Finding => ({ seed, step: step.what, wrong, folder: service.dataDir })
    try {
      const result = await runStep(lifecycle, step)
      results.push(result)
      onStep?.(seed, result)
      if (result.wrong.length > 0) return result.wrong.map(found)
    } catch (error) {
      return [found(error instanceof Violation ? error.message : inspect(error))]
    }
  }
  return []
}
