import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createEngine, type EngineExecutable } from '../../../src/engine/index.ts'
import { statePaths } from '../../../src/engine/state/state-paths.ts'
import { RunFailure, type Engine, type EngineProcess } from '../../../src/engine/types.ts'
import type { EngineEvent } from '../../../src/schemas/event.ts'
import type { ClosableCloud } from '../../../src/cloud/index.ts'
import { callsTo } from '../../support/aws/calls.ts'
import { withCloud, type BorrowedCloud } from '../../support/aws/cloud.ts'
import { shareCompileCache } from '../../support/service/compile-cache.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { engineOptions, TASKS } from '../../support/engine/harness.ts'
import { inputOf } from './event-log.ts'

const MODULE = new URL('../../../src/stacks/batch-environment.ts', import.meta.url).href
const INPUT = inputOf(
  { team: 'vision', name: 'training', jobs: { default: { image: 'alpine:3.20' } } },
  { region: 'eu-central-1' }
)
const CHANGED = inputOf(
  { team: 'vision', name: 'training', jobs: { default: { image: 'alpine:3.21' } } },
  { region: 'eu-central-1' }
)
const JOB = 'aws:batch/jobDefinition:JobDefinition'

interface Scene { readonly engine: Engine, readonly calls: ClosableCloud, readonly dataDir: string }

async function withScene (
  executable: EngineExecutable,
  cloud: BorrowedCloud,
  use: (scene: Scene) => Promise<void>
): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'batchyard-recovery-'))
  await shareCompileCache(dataDir)
  const calls = callsTo(cloud)
  const engine = await createEngine(engineOptions(executable, dataDir, cloud.grpcPort, 'aws'))
  try {
    await use({ engine, calls, dataDir })
  } finally {
    await engine.stop()
    await calls.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

interface RunOptions {
  readonly begun?: number
  readonly input?: typeof INPUT
  readonly onStarted?: (engine: EngineProcess) => void
}

/** Runs the real program; kills the engine when so many resources have begun. */
async function run (
  { engine, calls }: Scene,
  kind: 'up' | 'destroy',
  { begun = Infinity, input = INPUT, onStarted }: RunOptions = {}
): Promise<{ resources: number, events: EngineEvent[] }> {
  const events: EngineEvent[] = []
  let running: EngineProcess | undefined
  await engine.run(
    { ...TASKS[kind], stack: INPUT.id, program: { module: MODULE, input }, deadlineSeconds: 200 },
    {
      signal: new AbortController().signal,
      onEvent: (event) => {
        events.push(event)
        const count = events.filter(
          (sent) => sent.type === 'resource' && sent.status === 'started' && sent.action !== 'read'
        ).length
        if (count === begun && running !== undefined) process.kill(running.pid, 'SIGKILL')
      },
      onEngineStarted: async (process) => {
        running = process
        onStarted?.(process)
      },
      locate: async (pending) =>
        calls.locate({ region: INPUT.spec.region, placement: INPUT.placement }, INPUT.id, pending)
    }
  )
  return { resources: (await engine.resources(INPUT.id)).length, events }
}

const killed = async (scene: Scene, kind: 'up' | 'destroy', begun: number): Promise<void> => {
  const error: unknown = await run(scene, kind, { begun }).then(() => undefined, (reason: unknown) => reason)
  expect(error).toBeInstanceOf(RunFailure)
  expect(error).toMatchObject({ error: { code: 'engine-killed' } })
}

/** Kills the engine when AWS has made another revision of the job definition, and has not said so yet. */
async function killedRevising (scene: Scene, { control }: BorrowedCloud): Promise<void> {
  await control.addFault({ kind: 'hang', on: 'update', type: JOB, at: 'response' })
  const started: EngineProcess[] = []
  const failing = run(scene, 'up', {
    input: CHANGED,
    onStarted: (engine) => {
      started.push(engine)
    }
  }).then(
    () => undefined,
    (reason: unknown) => reason
  )
  await expect
    .poll(async () => (await control.faults()).some(({ kind, struck }) => kind === 'hang' && struck > 0), {
      timeout: 120_000
    })
    .toBe(true)
  process.kill(started.at(-1)?.pid ?? 0, 'SIGKILL')
  expect(await failing).toMatchObject({ error: { code: 'engine-killed' } })
  await control.clearFaults()
}

describe.each(await enginesPresent())('an environment whose $kind engine is killed again and again', (executable) => {
  it('has every resource once in the end, and none after its deletion', async () => {
    await withCloud(async (_, cloud) => withScene(executable, cloud, async (scene) => {
      // So that it lives when it is killed: its events come a little later than its calls.
      for (const on of ['create', 'delete'] as const) {
        await cloud.control.addFault({ kind: 'slow', on, at: 'response', seconds: 0.2, count: 0 })
      }
      for (const begun of [2, 5, 8]) await killed(scene, 'up', begun)
      const { resources } = await run(scene, 'up')
      expect((await cloud.control.resources()).length).toBe(resources)
      const { events } = await run(scene, 'up')
      expect(events.flatMap((event) => event.type === 'summary' ? Object.keys(event.changes) : [])).toEqual(['same'])
      await killedRevising(scene, cloud)
      const changed = await run(scene, 'up', { input: CHANGED })
      expect((await cloud.control.resources()).length).toBe(changed.resources)
      expect((await cloud.control.resources({ type: JOB })).map(({ arn }) => arn)).toEqual([
        expect.stringMatching(/:\d+$/)
      ])
      const paths = statePaths(join(scene.dataDir, 'state'), INPUT.id)
      expect(await readFile(paths.checkpoint, 'utf8')).not.toMatch(/pending_operations|initErrors/)
      expect((await readdir(paths.locks)).filter((name) => name.endsWith('.json'))).toEqual([])
      await killed(scene, 'destroy', 4)
      await run(scene, 'destroy')
      expect(await cloud.control.resources()).toEqual([])
    }))
  })
})
