import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { startServer } from '../../scripts/server-process.ts'
import { processesOf } from '../support/service/data-folder.ts'
import { withDataDir } from '../support/service/service.ts'

interface Script {
  readonly args: string[]
  readonly running: RegExp
}

/** Scripts that keep a service running, and the line that shows that it runs. */
const SERVICES = {
  start: { args: [], running: /"msg":"listening"/ },
  demo: { args: [], running: /A team asks for its environment/ },
  bench: { args: ['--', '--only', 'listing'], running: /measuring listing/ },
  chaos: { args: ['--', '--kills', '1'], running: /^> / },
  'record:installation': { args: [], running: /recording version/ }
} satisfies Record<string, Script>
/** Scripts that end by themselves and leave nothing that could run on. */
const TOOLS = ['generate', 'lint', 'pulumi:install', 'test', 'test:long', 'types']

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

function startScript (name: string, args: readonly string[], dataDir: string): ChildProcess {
  return spawn('npm', ['run', name, ...args], {
    cwd: ROOT,
    env: {
      ...process.env,
      TMPDIR: join(dataDir, 'tmp'),
      BATCHYARD_DATA: join(dataDir, 'data'),
      BATCHYARD_PORT: '0',
      BATCHYARD_ENGINE: 'sandbox'
    },
    // A process group of its own, as a shell gives to what it starts.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe']
  })
}

async function isRunning ({ stdout, stderr }: ChildProcess, line: RegExp): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  for (const output of [stdout, stderr]) {
    if (output) createInterface({ input: output }).on('line', (text) => { if (line.test(text)) resolve(undefined) })
  }
  await promise
}

describe('A signal to the npm process alone', () => {
  const cases: Array<{ name: string, signal: NodeJS.Signals } & Script> = [
    ...Object.entries(SERVICES).map(([name, script]) => ({ name, signal: 'SIGTERM' as const, ...script })),
    { name: 'start', signal: 'SIGINT', ...SERVICES.start }
  ]

  test.each(cases)('$signal ends `npm run $name` and all it started', async ({ name, signal, args, running }) => {
    await withDataDir(async (dataDir) => {
      await mkdir(join(dataDir, 'tmp'))
      // A Postgres server that is started as root runs as another user, who must reach its folder.
      await chmod(dataDir, 0o711)
      const npm = startScript(name, args, dataDir)
      const exited = once(npm, 'exit')
      await isRunning(npm, running)
      // A service of the script may be in the middle of its start.
      await delay(name === 'start' ? 0 : 3_000)
      npm.kill(signal)
      await exited

      for (let looks = 0; (await processesOf(dataDir)).length > 0 && looks < 300; looks++) await delay(100)
      expect(await processesOf(dataDir)).toEqual([])
      // npm leaves what Node compiled for it.
      expect((await readdir(join(dataDir, 'tmp'))).filter((file) => file !== 'node-compile-cache')).toEqual([])
      if (name !== 'start') return
      const next = await startServer({ speed: 0, dataDir: join(dataDir, 'data') })
      await next.stop()
    })
  })

  test('Ctrl-C, which reaches every process of the terminal, ends the service in order', async () => {
    await withDataDir(async (dataDir) => {
      await mkdir(join(dataDir, 'tmp'))
      const npm = startScript('start', [], dataDir)
      const exited = once(npm, 'exit')
      await isRunning(npm, /"msg":"listening"/)
      const stopped = isRunning(npm, /"msg":"stopped"/)
      process.kill(-(npm.pid ?? 0), 'SIGINT')
      await Promise.race([stopped, exited.then(() => { throw new Error('it exited without a stop') })])
      await exited
    })
  })

  test('every script that keeps a service running is among them', () => {
    expect([...Object.keys(SERVICES), ...TOOLS].sort()).toEqual(Object.keys(packageJson.scripts).sort())
  })
})
