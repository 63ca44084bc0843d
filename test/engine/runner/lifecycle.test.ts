import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isAlive } from '../../../src/host-processes.ts'
import type { EngineProcess } from '../../../src/engine/types.ts'
import type { EngineEvent } from '../../../src/schemas/event.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { failureOf, reached, withEngine } from '../../support/engine/harness.ts'

const locksIn = async (dataDir: string, stack: string): Promise<string[]> =>
  readdir(join(dataDir, 'state', '.pulumi', 'locks', 'organization', 'batchyard', stack)).catch(() => [])

describe.each(await enginesPresent())('a stack\'s life on the $kind engine', (executable) => {
  test('a create starts two engines, an unchanged up one, a delete two; it leaves what `stack rm` leaves', async () => {
    await withEngine(executable, async ({ up, destroy, starts, dataDir, provider }) => {
      expect(await up('env', { things: ['a', 'b'], secret: 'hush' })).toEqual({
        resources: 2,
        outputs: { arns: [expect.any(String), expect.any(String)], secret: { value: 'hush' }, plain: [1, null, 'x'] }
      })
      expect(starts.splice(0)).toEqual(['stack init', 'up'])
      expect(await up('env', { things: ['a', 'b'], secret: 'hush' })).toMatchObject({
        resources: 2,
        outputs: { secret: { value: 'hush' } }
      })
      expect(starts.splice(0)).toEqual(['up'])
      expect(await destroy('env')).toEqual({ retained: [], resources: 0 })
      expect(starts.splice(0)).toEqual(['destroy', 'stack rm'])
      expect(await destroy('env')).toEqual({ retained: [], resources: 0 })
      expect(starts).toEqual([])
      expect(provider.resources.size).toBe(0)
      await expect(access(join(dataDir, 'work', 'env'))).rejects.toThrow('ENOENT')
      const stacks = await readdir(join(dataDir, 'state', '.pulumi', 'stacks', 'batchyard'))
      expect(stacks.filter((name) => !name.includes('.bak'))).toEqual([])
    })
  })

  test('the events hold the plan, start and end of each cloud resource, and the sum; no secrets', async () => {
    await withEngine(executable, async ({ up, destroy }) => {
      const events: EngineEvent[] = []
      await up('env', { things: ['a', 'b'], secret: 'hush' }, { events })
      expect(events.filter((event) => event.type === 'plan')).toEqual([{ type: 'plan', total: 2 }])
      const steps = events.flatMap((event) =>
        event.type === 'resource' ? [`${event.name} ${event.action} ${event.status}`] : []
      )
      expect(steps.toSorted()).toEqual([
        'a create started',
        'a create succeeded',
        'b create started',
        'b create succeeded'
      ])
      expect(events.at(-1)).toMatchObject({ type: 'summary', changes: { create: expect.any(Number) } })
      expect(JSON.stringify(events)).not.toContain('hush')
      const removal: EngineEvent[] = []
      await destroy('env', { events: removal })
      expect(removal[0]).toEqual({ type: 'plan', total: 2 })
      expect(
        removal.filter(
          (event) => event.type === 'resource' && event.action === 'delete' && event.status === 'succeeded'
        )
      ).toHaveLength(2)
    })
  })

  test("a refused create fails with the cloud's words and the resource, and can be retried or deleted", async () => {
    await withEngine(executable, async ({ up, destroy, provider }) => {
      provider.fail(
        'Create',
        'b',
        'operation error Batch: CreateJobQueue, StatusCode: 400, RequestID: 0a1b2c3d-0000, ' +
        'ClientException: Object already exists'
      )
      const failure = await failureOf(up('env', { things: ['a', 'b'] }))
      expect(failure).toMatchObject({
        code: 'name-conflict',
        cloudRequestId: '0a1b2c3d-0000',
        resource: { type: 'test:index:Thing', name: 'b' }
      })
      expect(failure.detail).toContain('Object already exists')
      expect(failure.detail.split('\n')).toHaveLength(1)
      provider.heal()
      expect(await up('env', { things: ['a', 'b'] })).toMatchObject({ resources: 2 })
      expect(provider.names('Create').filter((name) => name === 'a')).toHaveLength(1)
      await destroy('env')
      expect(provider.resources.size).toBe(0)
    })
  })

  test('a cancelled run finishes what is in flight, keeps it in the state and leaves no lock', async () => {
    await withEngine(executable, async ({ up, provider, dataDir }) => {
      const control = new AbortController()
      const gate = provider.hold('Create', 'a')
      const run = failureOf(up('env', { things: ['a'] }, { signal: control.signal }))
      await reached(gate, run)
      control.abort()
      setTimeout(gate.release, 500)
      expect(await run).toMatchObject({ code: 'cancelled' })
      expect(await locksIn(dataDir, 'env')).toEqual([])
      expect(await up('env', { things: ['a'] })).toMatchObject({ resources: 1 })
      expect(provider.names('Create')).toEqual(['a'])
    })
  })

  test('a run past its deadline is stopped by signals, names the resource in flight, leaves no lock', async () => {
    await withEngine(
      executable,
      async ({ up, provider }) => {
        provider.hold('Create', 'stuck')
        const failure = await failureOf(up('env', { things: ['stuck'] }, { deadlineSeconds: 15 }))
        expect(failure).toMatchObject({
          code: 'deadline-exceeded',
          resource: { name: 'stuck', type: 'test:index:Thing' }
        })
        expect(failure.detail).toContain('stuck')
        expect(await up('env', { things: ['other'] }, { locate: async () => new Map() })).toMatchObject({
          resources: 1
        })
      },
      { escalation: { interruptSeconds: 1, terminateSeconds: 1 } }
    )
  })

  test('an engine runs only after its identity was recorded, and not at all if that fails', async () => {
    await withEngine(executable, async ({ up, provider, dataDir }) => {
      const seen: EngineProcess[] = []
      await up('env', { things: ['a'] }, {
        onEngineStarted: async (engine) => {
          expect(await isAlive(engine)).toBe(true)
          seen.push(engine)
        }
      })
      expect(seen).toHaveLength(2)
      expect(await Promise.all(seen.map(isAlive))).toEqual([false, false])
      const refusal = new Error('another worker has it')
      await expect(
        up(
          'new',
          { things: ['b'] },
          {
            onEngineStarted: async () => {
              throw refusal
            }
          }
        )
      ).rejects.toBe(refusal)
      expect(provider.names('Create')).toEqual(['a'])
      await expect(readFile(join(dataDir, 'state', '.pulumi', 'stacks', 'batchyard', 'new.json'))).rejects.toThrow(
        'ENOENT'
      )
    })
  })

  test('stopping ends the runs gently, refuses new ones and leaves no process', async () => {
    await withEngine(executable, async ({ engine, up, provider }) => {
      const gate = provider.hold('Create', 'a')
      const processes: EngineProcess[] = []
      const run = failureOf(
        up(
          'env',
          { things: ['a'] },
          {
            onEngineStarted: async (started) => {
              processes.push(started)
            }
          }
        )
      )
      await reached(gate, run)
      expect(await engine.usage()).toMatchObject({ count: expect.any(Number), residentBytes: expect.any(Number) })
      const stops = Promise.all([engine.stop(), engine.stop()])
      setTimeout(gate.release, 300)
      await stops
      expect(await run).toMatchObject({ code: 'cancelled' })
      expect(await Promise.all(processes.map(isAlive))).toEqual([false, false])
      expect(await engine.usage()).toEqual({ count: 0, residentBytes: 0 })
      expect(await failureOf(up('env', {}))).toMatchObject({ code: 'cancelled' })
    })
  })
})
