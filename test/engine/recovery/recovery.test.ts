import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { statePaths } from '../../../src/engine/state/state-paths.ts'
import type { EngineProcess, PendingCreate } from '../../../src/engine/types.ts'
import type { EngineEvent } from '../../../src/schemas/event.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { failureOf, reached, withEngine, type RunOptions, type EngineFixture } from '../../support/engine/harness.ts'
import type { Behaviour } from '../../support/engine/programs.ts'

type Kind = 'up' | 'destroy'

/** A stack whose engines are killed, and what is known of it from outside. */
function killable (fixture: EngineFixture) {
  const { provider, run } = fixture
  const paths = statePaths(join(fixture.dataDir, 'state'), 'env')
  const asked: PendingCreate[][] = []
  /** As the cloud's own look-up does it: of several with one name the newest. */
  const locate = async (pending: readonly PendingCreate[]) => {
    asked.push([...pending])
    const ids = [...provider.resources.keys()]
    const idOf = (urn: string) => ids.findLast((id) => id.startsWith(`${urn.slice(urn.lastIndexOf('::') + 2)}-`))
    return new Map(
      pending.flatMap(({ urn }) => {
        const id = idOf(urn)
        return id === undefined ? [] : [[urn, id] as const]
      })
    )
  }
  /** Runs, kills the engine once all these calls (`Create a`) are in flight, then lets the cloud carry them out. */
  const killed = async <K extends Kind>(
    kind: K,
    behaviour: Behaviour,
    calls: string[],
    options: RunOptions<K> = {}
  ) => {
    const engines: EngineProcess[] = []
    const gates = calls.map((call) => {
      const [method = '', name = ''] = call.split(' ')
      return provider.hold(method, name)
    })
    const failing = run(kind, 'env', behaviour, {
      locate,
      ...options,
      onEngineStarted: async (engine) => {
        engines.push(engine)
      }
    })
    for (const gate of gates) await reached(gate, failing)
    process.kill(engines.at(-1)?.pid ?? 0, 'SIGKILL')
    const failure = await failureOf(failing)
    for (const gate of gates) gate.release()
    // The cloud is in this process.
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    return failure
  }
  const recovered = async <K extends Kind>(kind: K, behaviour: Behaviour = {}, options: RunOptions<K> = {}) =>
    run(kind, 'env', behaviour, { locate, ...options })
  const cloud = () => [...provider.resources.keys()].map((id) => id.split('-')[0] ?? '').sort()
  /** Nothing is left of the kill, the cloud is as wanted, and another run changes nothing. */
  const expectSettled = async (behaviour: Behaviour) => {
    const names = Object.keys(behaviour.detailed ?? {}).sort()
    expect(cloud()).toEqual(names)
    const events: EngineEvent[] = []
    await run('up', 'env', behaviour, { events })
    const summary = events.findLast((event) => event.type === 'summary')
    expect(Object.keys(summary?.type === 'summary' ? summary.changes : {})).toEqual(['same'])
    const text = await readFile(paths.checkpoint, 'utf8')
    expect(text).not.toMatch(/pending_operations|initErrors|"delete":|pendingReplacement/)
    expect((await readdir(paths.locks)).filter((name) => name.endsWith('.json'))).toEqual([])
  }
  return { ...fixture, paths, asked, locate, killed, recovered, cloud, expectSettled }
}

const things = (inputs: Record<string, Record<string, unknown>>): Behaviour =>
  ({ detailed: Object.fromEntries(Object.entries(inputs).map(([name, given]) => [name, { inputs: given }])) })

describe.each(await enginesPresent())('when the $kind engine is killed', (executable) => {
  const withKilledEngine = async (body: (one: ReturnType<typeof killable>) => Promise<void>) =>
    withEngine(executable, async (fixture) => body(killable(fixture)))

  test('in the middle of a create, what came to be is adopted and read, what did not is created', async () => {
    await withKilledEngine(async ({ killed, recovered, expectSettled, provider, asked, paths, dataDir }) => {
      const wanted: Behaviour = {
        detailed: {
          a: { inputs: { value: 1 } },
          made: { inputs: { value: 2 }, password: 'hunter2' },
          lost: { inputs: { value: 3 } }
        }
      }
      provider.fail('Create', 'lost', 'refused')
      const failure = await killed('up', wanted, ['Create made', 'Create lost'])
      expect(failure).toMatchObject({
        code: 'engine-killed',
        transient: true,
        retryable: true,
        resource: { type: 'test:index:Thing' }
      })
      expect(failure.detail).toMatch(/SIGKILL.*Still under way: .*Thing (made|lost)/)
      provider.heal()
      await rm(join(dataDir, 'work'), { recursive: true })
      const events: EngineEvent[] = []
      expect(await recovered('up', wanted, { events })).toMatchObject({ resources: 3 })
      expect(asked[0]?.map(({ type, inputs }) => [type, inputs])).toEqual(
        expect.arrayContaining([
          ['test:index:Thing', { value: 2 }],
          ['test:index:Thing', { value: 3 }]
        ])
      )
      expect(provider.names('Create').toSorted()).toEqual(['a', 'lost', 'lost', 'made'])
      expect(provider.names('Read')).toContain('made')
      const messages = events.flatMap((event) =>
        event.type === 'diagnostic' && event.urn !== undefined
          ? [`${event.urn.split('::').at(-1)}: ${event.message}`]
          : []
      )
      expect(messages).toContainEqual(expect.stringMatching(/^made: .* is in the state now/))
      expect(messages).toContainEqual(expect.stringMatching(/^lost: .* not found in the cloud/))
      await expectSettled(wanted)
      expect(await readFile(paths.checkpoint, 'utf8')).toMatch(/"arn":\s*"arn:test:made-/)
      expect(await readFile(paths.checkpoint, 'utf8')).not.toContain('hunter2')
    })
  })

  test('in an update and in both orders of a replacement, each resource exists once, as wanted', async () => {
    await withKilledEngine(async ({ recovered, killed, expectSettled, provider, cloud }) => {
      const wanted = (value: number, moved: string, swapped: string) =>
        things({ changed: { value }, moved: { name: moved }, swapped: { name: swapped, exclusive: true } })
      await recovered('up', wanted(1, 'one', 'one'))
      await killed('up', wanted(2, 'two', 'two'), ['Update changed', 'Create moved', 'Create swapped'])
      expect(cloud()).toEqual(['changed', 'moved', 'moved', 'swapped'])
      // The first value again: it is no change to the state, and one to the cloud.
      await killed('up', wanted(1, 'two', 'two'), ['Delete moved'])
      await killed('up', wanted(1, 'two', 'three'), ['Delete swapped'])
      await recovered('up', wanted(1, 'two', 'three'))
      await expectSettled(wanted(1, 'two', 'three'))
      const values = [...provider.resources.entries()].map(([id, { value, name }]) => [id.split('-')[0], value ?? name])
      expect(Object.fromEntries(values)).toEqual({ changed: 1, moved: 'two', swapped: 'three' })
    })
  })

  test('in the middle of a delete, or when nothing but a create had begun, the delete can be repeated', async () => {
    await withKilledEngine(async ({ killed, recovered, provider, paths }) => {
      await killed('up', things({ a: {} }), ['Create a'])
      await killed('destroy', {}, ['Delete a'])
      expect(await recovered('destroy')).toMatchObject({ resources: 0 })
      expect(provider.resources.size).toBe(0)
      expect(provider.names('Create')).toEqual(['a'])
      expect(await readdir(join(paths.checkpoint, '..'))).not.toContain('env.json')
    })
  })

  test('in the middle of the recovery itself, the next one carries it on', async () => {
    await withKilledEngine(async ({ killed, recovered, expectSettled, provider, starts, locate, run }) => {
      const wanted = things({ a: { value: 1 } })
      await killed('up', wanted, ['Create a'])
      const onEngineStarted = async ({ pid }: EngineProcess) => {
        if (starts.at(-1) === 'stack import') process.kill(pid, 'SIGKILL')
      }
      expect(await failureOf(run('up', 'env', wanted, { locate, onEngineStarted }))).toMatchObject({
        code: 'engine-killed'
      })
      await killed('up', wanted, ['Read a'])
      const reads = provider.names('Read').length
      await recovered('up', wanted)
      expect(provider.names('Read').length).toBe(reads + 1)
      expect(provider.names('Create')).toEqual(['a'])
      await expectSettled(wanted)
    })
  })

  test('while it made the stack, the next run makes it', async () => {
    await withKilledEngine(async ({ run, recovered, expectSettled, starts }) => {
      const wanted = things({ a: {} })
      for (const milliseconds of [0, 60, 120]) {
        const onEngineStarted = async ({ pid }: EngineProcess) => {
          if (starts.at(-1) === 'stack init') {
            setTimeout(() => {
              try {
                process.kill(pid, 'SIGKILL')
              } catch {
              /* It was quicker. */
              }
            }, milliseconds)
          }
        }
        const ended = await run('up', 'env', wanted, { onEngineStarted }).catch(() => undefined)
        if (ended !== undefined) break
      }
      await recovered('up', wanted)
      await expectSettled(wanted)
    })
  })

  test('a run that has nobody to ask what came of its create is refused, and the state is left as it is', async () => {
    await withKilledEngine(async ({ killed, run, paths }) => {
      await killed('up', things({ a: {} }), ['Create a'])
      const text = await readFile(paths.checkpoint, 'utf8')
      const failure = await failureOf(run('up', 'env', things({ a: {} })))
      expect(failure).toMatchObject({ code: 'engine-failed', transient: false })
      expect(failure.detail).toContain('::a')
      expect(await readFile(paths.checkpoint, 'utf8')).toBe(text)
    })
  })
})
