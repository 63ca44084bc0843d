import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createEngine, type EngineExecutable } from '../../../src/engine/index.ts'
import type { RunKind, RunTask } from '../../../src/engine/types.ts'
import type { Spec } from '../../../src/schemas/spec.ts'
import type { SandboxControl } from '../../../src/schemas/sandbox-control.ts'
import { withCloud } from '../../support/aws/cloud.ts'
import { shareCompileCache } from '../../support/service/compile-cache.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { inputOf } from './event-log.ts'
import { engineOptions, TASKS, type Counted } from '../../support/engine/harness.ts'

const PROGRAM = new URL('../../../src/stacks/batch-environment.ts', import.meta.url).href
const SPEC: Spec = { team: 'vision', name: 'training', jobs: { default: { image: 'alpine:3.20' } } }
const BUCKET = 'aws:s3/bucket:Bucket'

type Run = <K extends RunKind>(task: RunTask<K>, spec?: Partial<Spec>) => Promise<Counted<K>>

/** The real program in a simulated cloud. */
async function withEnvironment (
  executable: EngineExecutable,
  body: (run: Run, control: SandboxControl) => Promise<void>
): Promise<void> {
  await withCloud(async (_, { control, grpcPort }) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'fixture-'))
    await shareCompileCache(dataDir)
    const cloudEnv = async () => ({ PULUMI_DEBUG_PROVIDERS: `aws:${grpcPort}` })
    const engine = await createEngine({ ...engineOptions(executable, dataDir, 0), cloudEnv, runnerMemoryMiB: 512 })
    const signal = new AbortController().signal
    const run = async <K extends RunKind>(task: RunTask<K>, spec: Partial<Spec> = {}) => {
      const input = inputOf({ ...SPEC, ...spec }, { region: 'eu-central-1' })
      const request = { ...task, stack: input.id, program: { module: PROGRAM, input }, deadlineSeconds: 200 }
      const hooks = { signal, onEvent: () => undefined, onEngineStarted: async () => undefined }
      const result = await engine.run<K>(request, hooks)
      return { ...result, resources: (await engine.resources(input.id)).length }
    }
    try {
      await body(run, control)
    } finally {
      await engine.stop()
      await rm(dataDir, { recursive: true, force: true })
    }
  })
}

describe.each(await enginesPresent())('an environment on the $kind engine', (executable) => {
  test('shows what a change would do and what was changed by hand, is repaired, and retains its bucket', async () => {
    await withEnvironment(executable, async (run, control) => {
      const { resources } = await run(TASKS.up)
      expect((await run(TASKS.drift)).drifted).toEqual([])
      const { changes } = await run(TASKS.preview, { compute: { default: { type: 'FARGATE', maxVcpus: 4 } } })
      const environment = changes.find(
        ({ resourceType }) => resourceType === 'aws:batch/computeEnvironment:ComputeEnvironment'
      )
      expect(environment?.action).toBe('replace')
      expect(environment?.properties).toContainEqual({
        path: 'computeResources.type',
        action: 'update',
        replaces: true
      })
      expect(changes.map(({ resourceType, action }) => `${action} ${resourceType}`)).toContain(
        'update aws:batch/jobQueue:JobQueue'
      )

      const [bucket] = await control.resources({ type: BUCKET })
      const [logs] = await control.resources({ type: 'aws:cloudwatch/logGroup:LogGroup' })
      const [queue] = await control.resources({ type: 'aws:batch/jobQueue:JobQueue' })
      if (bucket === undefined || logs === undefined || queue === undefined) {
        throw new Error('the environment is not whole')
      }
      await control.changeResource({
        key: bucket.key,
        properties: { tags: { ...(bucket.properties['tags'] as object), owner: 'nobody' } }
      })
      await control.changeResource({ key: queue.key, properties: { priority: 77 } })
      await control.deleteResource({ key: logs.key })
      const { drifted } = await run(TASKS.drift)
      expect(
        drifted.map(({ resourceType, status, properties }) => [resourceType, status, properties]).toSorted()
      ).toEqual([
        ['aws:batch/jobQueue:JobQueue', 'changed', [{ path: 'priority', expected: expect.any(Number), actual: 77 }]],
        ['aws:cloudwatch/logGroup:LogGroup', 'missing', []],
        [BUCKET, 'changed', [{ path: 'tags.owner', expected: null, actual: 'nobody' }]]
      ])
      expect(await run({ kind: 'up', refresh: true })).toMatchObject({ resources })
      expect((await run(TASKS.drift)).drifted).toEqual([])

      await control.putObjects({ bucket: bucket.id, objects: [{ key: 'result.bin', size: 10 }] })
      const { retained } = await run({ kind: 'destroy', retain: [BUCKET] })
      const left = await control.resources()
      expect(retained.map(({ type }) => type).toSorted()).toEqual(left.map(({ type }) => type).toSorted())
      expect(retained).toHaveLength(6)
      expect(await control.objects({ bucket: bucket.id })).toHaveLength(1)
    })
  })
})
