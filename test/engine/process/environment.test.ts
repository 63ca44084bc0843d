import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { enginesPresent } from '../../support/engine/engines.ts'
import { withEngine } from '../../support/engine/harness.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

/** The environment a process was started with. */
async function environmentOf (pid: number): Promise<Map<string, string>> {
  const entries = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').filter((entry) => entry !== '')
  return new Map(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]))
}

describe.each(await enginesPresent())('the environment of the processes on the $kind engine', (executable) => {
  test('holds no secret of the service; the engine has the credentials for AWS, the program has none', async () => {
    for (const name of ['BATCHYARD_ADMIN_KEY', 'DATABASE_URL', 'PULUMI_ACCESS_TOKEN', 'AWS_SECRET_ACCESS_KEY']) {
      vi.stubEnv(name, `${name} of ours`)
    }
    await withEngine(executable, async ({ up, dataDir }) => {
      const engines: Array<Map<string, string>> = []
      const onEngineStarted = async ({ pid }: { pid: number }) => { engines.push(await environmentOf(pid)) }
      const { outputs } = await up('env', { tellsEnvironment: true }, { onEngineStarted })
      expect(engines).toHaveLength(2)
      for (const environment of engines) {
        expect([...environment.values()].filter((value) => value.endsWith(' of ours'))).toEqual([
          'AWS_SECRET_ACCESS_KEY of ours'
        ])
        expect(environment.get('PULUMI_CONFIG_PASSPHRASE_FILE')).toBe(join(dataDir, 'passphrase'))
        // Both share the runners' cache of compiled code; the real CLI has no use for it.
        if (executable.kind === 'sandbox') {
          expect(environment.get('NODE_COMPILE_CACHE')).toBe(join(dataDir, 'cache', 'node'))
        } else expect(environment.has('NODE_COMPILE_CACHE')).toBe(process.env['NODE_COMPILE_CACHE'] !== undefined)
      }
      expect(outputs['environment']).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(AWS_|BATCHYARD_|PULUMI_|DATABASE_URL)/)])
      )
    })
  })
})
