import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCommand } from '../../../src/engine/process/run-command.ts'
import { SecretsKeyCache } from '../../../src/engine/state/secrets.ts'

/** What an engine says that cannot reach its backend: the URL it was given, as it is or decoded. */
const SCRIPT = 'echo "unable to open $PULUMI_BACKEND_URL, password hunter/2" | tee /dev/stderr; exit 1; :'

test('the password of a state backend is in nothing that an engine has printed', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'password-'))
  const stateUrl = 'postgres://state:hunter%2F2@127.0.0.1:1/state'
  try {
    const outcome = await runCommand({ args: ['up'], cwd, env: { PULUMI_BACKEND_URL: stateUrl } }, {
      engine: { kind: 'pulumi', executable: '/bin/sh', args: ['-c', SCRIPT], version: 'v3.0.0' },
      stateUrl,
      keyCache: new SecretsKeyCache(join(cwd, 'none')),
      escalation: { interruptSeconds: 10, terminateSeconds: 10 },
      signal: new AbortController().signal,
      onStart: () => undefined,
      onFallback: () => undefined,
      onEngineStarted: async () => undefined
    })
    const said = 'unable to open postgres://state:***@127.0.0.1:1/state, password ***\n'
    expect(outcome).toEqual({ code: 1, stdout: said, stderr: said })
  } finally {
    await rm(cwd, { recursive: true, force: true })
  }
})
