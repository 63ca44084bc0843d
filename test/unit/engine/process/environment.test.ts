import { afterEach, expect, test, vi } from 'vitest'
import { engineEnvironment, runnerEnvironment } from '../../../../src/engine/process/environment.ts'

const OURS = {
  BATCHYARD_ADMIN_KEY: 'hush',
  BATCHYARD_STATE_URL: 'hush',
  DATABASE_URL: 'hush',
  PGPASSWORD: 'hush',
  PULUMI_ACCESS_TOKEN: 'hush',
  PULUMI_CONFIG_PASSPHRASE: 'hush',
  PULUMI_DEBUG_PROVIDERS: 'aws:1',
  NODE_OPTIONS: '--no-warnings'
}
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'AKIA',
  AWS_SECRET_ACCESS_KEY: 'key',
  AWS_SESSION_TOKEN: 'token',
  AWS_PROFILE: 'p',
  AWS_REGION: 'eu-west-1'
}

afterEach(() => {
  vi.unstubAllEnvs()
})

function stub (variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
}

test('an engine inherits the host\'s credentials for AWS and nothing that is ours', () => {
  stub({ ...OURS, ...CREDENTIALS, HTTPS_PROXY: 'http://proxy' })
  const env = engineEnvironment({ PULUMI_BACKEND_URL: 'file:///state' })
  expect(env).toMatchObject({ ...CREDENTIALS, HTTPS_PROXY: 'http://proxy', PULUMI_BACKEND_URL: 'file:///state' })
  expect(Object.keys(env).filter((name) => name in OURS)).toEqual([])
})

test('a runner inherits neither credentials nor anything that is ours', () => {
  stub({ ...OURS, ...CREDENTIALS })
  expect(Object.keys(runnerEnvironment({ A: 'b' })).toSorted())
    .toEqual(['A', ...['HOME', 'LANG', 'PATH', 'TMPDIR', 'TZ'].filter((name) => process.env[name] !== undefined)])
})
