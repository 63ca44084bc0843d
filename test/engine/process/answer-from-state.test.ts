import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { answerFromState, type AnswerContext } from '../../../src/engine/process/answer-from-state.ts'
import { runCommand } from '../../../src/engine/process/run-command.ts'
import { SecretsKeyCache } from '../../../src/engine/state/secrets.ts'
import { openStackWorkspace } from '../../../src/engine/state/workspace.ts'
import { statePaths } from '../../../src/engine/state/state-paths.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { withEngine } from '../../support/engine/harness.ts'

const COMMANDS = [
  ['stack', 'output', '--json', '--stack', 'env'],
  ['stack', 'output', '--json', '--show-secrets', '--stack', 'env'],
  ['stack', 'history', '--json', '--page-size', '1', '--page', '1', '--stack', 'env']
]

describe.each(await enginesPresent())('the read-only commands on the $kind engine', (executable) => {
  test('are answered from state files as the engine answers; the engine answers where those are unusual', async () => {
    await withEngine(executable, async ({ up, dataDir }) => {
      await up('env', { things: ['a'], secret: 'hush' })
      const passphraseFile = join(dataDir, 'passphrase')
      const stateUrl = pathToFileURL(join(dataDir, 'state')).href
      const { workDir, pulumiHome, env } = await openStackWorkspace(
        { dataDir, stateUrl, passphraseFile, explicitProviders: ['aws'] },
        'env',
        {}
      )
      const surprises: unknown[] = []
      const context: AnswerContext = {
        stateUrl,
        keyCache: new SecretsKeyCache(passphraseFile),
        onFallback: (error) => {
          surprises.push(error)
        }
      }
      const ask = async (args: string[]) =>
        runCommand(
          { args, cwd: workDir, env: { ...env, PULUMI_HOME: pulumiHome } },
          {
            ...context,
            stateUrl: 'not-a-file://',
            engine: executable,
            escalation: { interruptSeconds: 10, terminateSeconds: 10 },
            signal: new AbortController().signal,
            onStart: () => undefined,
            onEngineStarted: async () => undefined
          }
        )
      for (const args of COMMANDS) {
        const [ours, theirs] = [await answerFromState(args, context), await ask(args)]
        expect(ours?.code).toBe(theirs.code)
        expect(parsed(ours?.stdout)).toEqual(parsed(theirs.stdout))
      }
      expect(surprises).toEqual([])
      const missing = ['stack', 'select', '--stack', 'none']
      expect((await answerFromState(missing, context))?.code).toBe((await ask(missing)).code)
      const { checkpoint, history } = statePaths(join(dataDir, 'state'), 'env')
      const [entry = ''] = (await readdir(history)).filter((name) => name.endsWith('.history.json'))
      await writeFile(join(history, entry), '{"startTime": "yesterday"}')
      expect(await answerFromState(COMMANDS[2] ?? [], context)).toBeUndefined()
      expect(surprises).toHaveLength(1)
      await writeFile(checkpoint, '{"version": 9}')
      // Damage is no oddity: an engine would guess.
      for (const args of COMMANDS.slice(0, 2)) await expect(answerFromState(args, context)).rejects.toThrow(/damaged/)
      expect(surprises).toHaveLength(1)
    })
  })
})

const parsed = (stdout: string | undefined): unknown => JSON.parse(stdout ?? '')
