import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConcurrentUpdateError } from '@pulumi/pulumi/automation/index.js'
import { describe, expect, test } from 'vitest'
import { enginesPresent } from '../../support/engine/engines.ts'
import { thing } from '../../support/engine/resources.ts'
import { nameOf, resource, eventLog, withStack } from '../../support/engine/stack.ts'

const runnerFile = fileURLToPath(new URL('../../support/engine/runner.ts', import.meta.url))

for (const engine of await enginesPresent()) {
  describe(`a failure on the ${engine.kind} engine`, () => {
    test("of a create has the provider's words; calls in flight finish, dependents wait for a retry", async () => {
      await withStack(engine, async (stack) => {
        const program = async () => {
          const broken = thing('broken')
          thing('dependent', { value: broken.arn })
          thing('beside')
        }
        stack.provider.fail('Create', 'broken', 'api error Conflict: no\nreally')
        const beside = stack.provider.hold('Create', 'beside')
        const broken = stack.provider.hold('Create', 'broken')
        const up = stack.up(program)
        const refused = expect(up).rejects.toThrow('api error Conflict: no')
        await Promise.all([beside.entered, broken.entered])
        broken.release()
        beside.release()
        await refused
        expect(stack.provider.names('Create')).not.toContain('dependent')
        const failed = stack.events.find(({ resOpFailedEvent }) => resOpFailedEvent)?.resOpFailedEvent
        expect(failed?.metadata).toMatchObject({ op: 'create', old: null })
        const diagnostic = stack.events.find(({ diagnosticEvent }) =>
          diagnosticEvent?.urn?.endsWith('::broken')
        )?.diagnosticEvent
        expect(diagnostic).toMatchObject({
          severity: 'error',
          prefix: 'error: ',
          message: 'api error Conflict: no\nreally\n'
        })
        const state = await stack.state()
        expect(state.resources.map(({ urn }) => nameOf(urn)).sort()).toEqual(['beside', 'contract-dev', 'default'])
        expect(state.pending).toEqual([])
        expect((await stack.history()).map(({ result }) => result)).toEqual(['failed'])
        expect(await stack.locks()).toEqual([])
        stack.provider.heal()
        expect((await stack.up(program)).summary.resourceChanges).toEqual({ same: 2, create: 2 })
      })
    })

    test('of a check names every refused property and creates nothing', async () => {
      await withStack(engine, async (stack) => {
        await expect(
          stack.up(async () => {
            thing('bad', { invalid: 'x' })
          })
        ).rejects.toThrow(
          "test:index:Thing resource 'bad': property invalid value {x} has a problem: this property must not be set"
        )
        expect(stack.provider.names('Create')).toEqual([])
      })
    })

    test('of a delete keeps the resource and what it needs; the rest goes; a retry ends it', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(async () => {
          const base = thing('base')
          thing('stuck', { value: base.arn })
        })
        stack.provider.fail('Delete', 'stuck', 'still in use')
        await expect(stack.destroy()).rejects.toThrow('still in use')
        expect((await stack.state()).resources.map(({ urn }) => nameOf(urn))).toEqual(
          expect.arrayContaining(['base', 'stuck'])
        )
        stack.provider.heal()
        await stack.destroy()
        expect(stack.provider.resources.size).toBe(0)
      })
    })

    test('of one resource lets independent ones go on when asked to', async () => {
      await withStack(engine, async (stack) => {
        stack.provider.fail('Create', 'broken', 'no')
        await expect(stack.up(async () => {
          thing('broken')
          const other = thing('other')
          thing('after', { value: other.arn })
        }, { continueOnError: true })).rejects.toThrow('no')
        expect((await stack.state()).resources.map(({ urn }) => nameOf(urn))).toEqual(
          expect.arrayContaining(['other', 'after'])
        )
      })
    })

    test('half way through a create keeps the resource with its error; the next deployment repairs it', async () => {
      await withStack(engine, async (stack) => {
        const program = async () => {
          thing('half', { value: 1 })
        }
        stack.provider.spoil('Create', 'half', 'it never became ready')
        await expect(stack.up(program)).rejects.toThrow('it never became ready')
        const half = resource(await stack.state(), 'half')
        expect(half).toMatchObject({
          id: expect.stringMatching(/^half-/),
          outputs: { value: 1 },
          initErrors: ['it never became ready']
        })
        stack.provider.heal()
        expect((await stack.up(program)).summary.resourceChanges).toEqual({ same: 1, update: 1 })
        const mended = resource(await stack.state(), 'half')
        expect(mended.id).toBe(half.id)
        expect(mended.initErrors).toBeUndefined()
      })
    })

    test('of the program keeps what it had made', async () => {
      await withStack(engine, async (stack) => {
        await expect(stack.up(async () => {
          thing('made')
          throw new Error('a bug of the program')
        })).rejects.toThrow('a bug of the program')
        expect((await stack.state()).resources.map(({ urn }) => nameOf(urn))).toContain('made')
        expect(await stack.locks()).toEqual([])
      })
    })

    test('a name used twice is an error', async () => {
      await withStack(engine, async (stack) => {
        await expect(stack.up(async () => { thing('twin'); thing('twin') })).rejects.toThrow('Duplicate resource URN')
      })
    })

    test('a disabled default provider is an error that names it', async () => {
      await withStack(engine, async (stack) => {
        const settings = await stack.stack.workspace.stackSettings('dev')
        await stack.stack.workspace.saveStackSettings('dev', {
          ...settings,
          config: { 'pulumi:disable-default-providers': ['*'] }
        })
        await expect(
          stack.up(async () => {
            thing('a')
          })
        ).rejects.toThrow(/Default provider for 'test' disabled\. '.*::a' must use an explicit provider\./)
      })
    })

    test('a protected resource is not deleted', async () => {
      await withStack(engine, async (stack) => {
        await stack.up(async () => { thing('precious', {}, { protect: true }) })
        await expect(stack.destroy()).rejects.toThrow('cannot be deleted')
        expect(stack.provider.resources.size).toBe(1)
        expect(resource(await stack.state(), 'precious')).toMatchObject({ protect: true })
      })
    })
  })

  describe(`an interruption on the ${engine.kind} engine`, () => {
    test('by a signal starts nothing new, finishes what is in flight, saves and unlocks', async () => {
      await withStack(engine, async (stack) => {
        const slow = stack.provider.hold('Create', 'slow')
        const controller = new AbortController()
        const up = stack.up(async () => { thing('next', { value: thing('slow').arn }) }, { signal: controller.signal })
        const refused = expect(up).rejects.toThrow('update canceled')
        await slow.entered
        controller.abort()
        await until(async () => stack.provider.calls.some(({ method }) => method === 'Cancel'))
        slow.release()
        await refused
        const state = await stack.state()
        expect(state.resources.map(({ urn }) => nameOf(urn))).toContain('slow')
        expect(state.pending).toEqual([])
        expect(stack.provider.names('Create')).toEqual(['slow'])
        expect((await stack.history()).map(({ result }) => result)).toEqual(['failed'])
        expect(await stack.locks()).toEqual([])
        expect(eventLog(stack.events)).toContain('create slow done')
        expect(stack.events.at(-1)?.cancelEvent).toEqual({})
      })
    })

    test('a second deployment meanwhile is refused, and cancelling takes the locks away', async () => {
      await withStack(engine, async (stack) => {
        const slow = stack.provider.hold('Create', 'slow')
        const up = stack.up(async () => { thing('slow') })
        await slow.entered
        expect(await stack.locks()).toHaveLength(1)
        await expect(stack.destroy()).rejects.toBeInstanceOf(ConcurrentUpdateError)
        slow.release()
        await up
        await writeFile(
          join(stack.folder, 'state/.pulumi/locks/organization/contract/dev/left-over.json'),
          JSON.stringify({
            pid: 1,
            username: 'nobody',
            hostname: 'elsewhere',
            timestamp: '2026-01-02T03:04:05.678901234Z'
          })
        )
        await expect(stack.destroy()).rejects.toThrow('created by nobody@elsewhere (pid 1) at 2026-01-02T03:04:05Z')
        await stack.stack.cancel()
        expect(await stack.locks()).toEqual([])
        await stack.destroy()
      })
    })

    test('by the death of the program\'s process finishes what is in flight, saves and unlocks', async () => {
      await withStack(engine, async (stack) => {
        const slow = stack.provider.hold('Create', 'slow')
        const runner = spawn(
          process.execPath,
          [runnerFile, stack.folder, String(stack.provider.port), JSON.stringify(engine)],
          { stdio: 'ignore' }
        )
        await slow.entered
        const ended = once(runner, 'exit')
        runner.kill('SIGKILL')
        await ended
        slow.release()
        await until(async () => (await stack.locks()).length === 0)
        const state = await stack.state()
        expect(state.resources.map(({ urn }) => nameOf(urn))).toContain('slow')
        expect(state.pending).toEqual([])
        expect((await stack.history()).map(({ result }) => result)).toEqual(['failed'])
        expect(stack.provider.names('Create')).toEqual(['slow'])
      })
    })

    test('by a kill leaves the lock and the pending operation; the next deployment warns and goes on', async () => {
      await withStack(engine, async (stack) => {
        const slow = stack.provider.hold('Create', 'slow')
        const refused = expect(stack.up(async () => { thing('slow') })).rejects.toThrow()
        await slow.entered
        const [lock] = await stack.lockOwners()
        process.kill(lock ?? 0, 'SIGKILL')
        await refused
        slow.release()
        expect((await stack.state()).pending.map(({ type, resource: { urn } }) => `${type} ${nameOf(urn)}`)).toEqual([
          'creating slow'
        ])
        expect(await stack.locks()).toHaveLength(1)
        await expect(stack.destroy()).rejects.toBeInstanceOf(ConcurrentUpdateError)
        await stack.stack.cancel()
        await stack.up(async () => { thing('slow') })
        const warning = stack.events.find(({ diagnosticEvent }) => diagnosticEvent?.severity === 'warning')
          ?.diagnosticEvent?.message
        expect(warning).toContain('with 1 pending operations from previous deployment.')
        expect((await stack.state()).pending).toHaveLength(1)
      })
    })
  })
}

/** Resolves once the condition holds; the test's own time limit is the only one. */
async function until (condition: () => Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}
