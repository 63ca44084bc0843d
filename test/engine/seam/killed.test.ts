import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { isAlive } from '../../../src/engine/processes.ts'
import type { EngineProcess } from '../../../src/engine/types.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { withSeam } from './harness.ts'

const SERVICE = fileURLToPath(new URL('./service-process.ts', import.meta.url))

async function childrenOf (pid: number | undefined): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.split(' ').filter((part) => part !== '').map(Number)
}

async function untilGone (pids: readonly number[]): Promise<void> {
  const alive = (pid: number) => readFile(`/proc/${pid}/stat`, 'utf8').then((stat) => !/\) Z /.test(stat), () => false)
  while ((await Promise.all(pids.map(alive))).includes(true)) await sleep(50)
}

/** Starts a service that creates a resource, and collects the engines it tells of. */
function startService (args: string[]): { service: ChildProcess, engines: EngineProcess[] } {
  const engines: EngineProcess[] = []
  const service = fork(SERVICE, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  service.on('message', (message) => { engines.push((message as { engine: EngineProcess }).engine) })
  return { service, engines }
}

describe.each(await enginesPresent())('when the service is killed during a create on the $kind engine', (executable) => {
  test('its runners end, the engine finishes what is in flight and unlocks, and the next service carries on', async () => {
    await withSeam(executable, async ({ engine, up, destroy, provider, dataDir }) => {
      const gate = provider.hold('Create', 'a')
      const { service, engines } = startService([dataDir, String(provider.port), executable.kind, process.env['BATCHYARD_PULUMI_ROOT'] ?? ''])
      try {
        await Promise.race([gate.entered, once(service, 'exit').then(() => { throw new Error('the service ended early') })])
        const children = await childrenOf(service.pid)
        const running = engines.at(-1)
        if (running === undefined) throw new Error('no engine was told of')
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
})
