import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { EngineExecutable } from '../../../src/engine/index.ts'
import { isAlive } from '../../../src/host-processes.ts'
import type { EngineProcess } from '../../../src/engine/types.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { withEngine, type EngineFixture } from '../../support/engine/harness.ts'
import type { Behaviour } from '../../support/engine/programs.ts'

const SERVICE = fileURLToPath(new URL('../../support/engine/service-process.ts', import.meta.url))

async function childrenOf (pid: number | undefined): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.split(' ').filter((part) => part !== '').map(Number)
}

async function untilGone (pids: readonly number[]): Promise<void> {
  const alive = (pid: number) => readFile(`/proc/${pid}/stat`, 'utf8').then((stat) => !/\) Z /.test(stat), () => false)
  while ((await Promise.all(pids.map(alive))).includes(true)) await sleep(50)
}

/** Starts a service that runs one program, and collects the engines it tells of. */
function startService (
  { dataDir, provider }: EngineFixture,
  executable: EngineExecutable,
  behaviour: Behaviour
): { service: ChildProcess, engines: EngineProcess[] } {
  const args = [
    dataDir,
    String(provider.port),
    JSON.stringify(behaviour),
    executable.kind,
    process.env['BATCHYARD_PULUMI_ROOT'] ?? ''
  ]
  const engines: EngineProcess[] = []
  const service = fork(SERVICE, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  service.on('message', (message) => {
    engines.push((message as { engine: EngineProcess }).engine)
  })
  return { service, engines }
}

describe.each(await enginesPresent())(
  'when the service is killed during a create on the $kind engine',
  (executable) => {
    test('its runners end, the engine finishes calls in flight and unlocks, the next service continues', async () => {
      await withEngine(executable, async (fixture) => {
        const { engine, up, destroy, provider } = fixture
        const gate = provider.hold('Create', 'a')
        const { service, engines } = startService(fixture, executable, { things: ['a'] })
        try {
          await Promise.race([
            gate.entered,
            once(service, 'exit').then(() => {
              throw new Error('the service ended early')
            })
          ])
          const children = await childrenOf(service.pid)
          const running = engines.at(-1)
          if (running === undefined) throw new Error('no engine was started')
          service.kill('SIGKILL')
          await untilGone(children.filter((pid) => pid !== running.pid))
          expect(await isAlive(running)).toBe(true)
          gate.release()
          await engine.waitForExit(running, new AbortController().signal)
          expect(await up('env', { things: ['a'] })).toMatchObject({ resources: 1 })
          expect(provider.names('Create')).toEqual(['a'])
          await destroy('env')
          expect(provider.resources.size).toBe(0)
        } finally {
          service.kill('SIGKILL')
        }
      })
    })
    test('a program in an endless loop does not outlive it', async () => {
      await withEngine(executable, async (fixture) => {
        const gate = fixture.provider.hold('Create', 'a')
        const { service } = startService(fixture, executable, { things: ['a'], spinsLater: true })
        try {
          await Promise.race([
            gate.entered,
            once(service, 'exit').then(() => {
              throw new Error('the service ended early')
            })
          ])
          const children = await childrenOf(service.pid)
          gate.release()
          // Time to begin its loop; if that takes longer, the runner ends the easier way.
          await sleep(1_500)
          service.kill('SIGKILL')
          await untilGone(children)
        } finally {
          service.kill('SIGKILL')
        }
      })
    })
  }
)
