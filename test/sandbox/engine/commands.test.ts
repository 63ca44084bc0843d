import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import semver from 'semver'
import { afterEach, beforeEach, expect, test } from 'vitest'

const main = fileURLToPath(new URL('../../../src/sandbox/engine/main.ts', import.meta.url))

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batchyard-commands-'))
  await Promise.all(['work', 'state'].map(async (name) => mkdir(join(folder, name))))
  await writeFile(join(folder, 'work', 'Pulumi.yaml'), 'name: shop\nruntime: nodejs\n')
})

afterEach(async () => { await rm(folder, { recursive: true, force: true }) })

const environment = (more: Record<string, string | undefined> = {}) => ({
  PATH: process.env['PATH'], PULUMI_BACKEND_URL: `file://${folder}/state`, PULUMI_CONFIG_PASSPHRASE: 'pass', ...more
})

interface Answer { code: number, stdout: string, stderr: string }

async function engine (args: string[], more?: Record<string, string | undefined>): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [main, ...args],
      { cwd: join(folder, 'work'), env: environment(more) },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr })
    )
  })
}

test('the version is one the Automation API accepts and streams events for', async () => {
  const { stdout } = await engine(['version'])
  expect(semver.gt(semver.parse(stdout.trim()) ?? '0.0.0', '3.205.0')).toBe(true)
  expect(stdout).toContain('sandbox')
})

test.each([
  [['preview', '--stack', 'dev', '--save-plan', 'plan'], 'unknown flag: --save-plan'],
  [['preview', '--stack', 'dev'], 'runs inline programs only'],
  [['stack', 'rename', 'other'], 'unknown command "stack rename"'],
  [['up', '--refresh'], 'unknown flag: --refresh'],
  [['up', '--target=urn'], 'unknown flag: --target'],
  [['destroy', '--parallel'], 'flag needs an argument: --parallel'],
  [['stack', 'ls', 'surplus'], 'unexpected argument: surplus'],
  [['up', '--yes=perhaps'], 'invalid argument "perhaps" for "--yes" flag']
])('%j is refused by name', async (args, message) => {
  const { code, stderr } = await engine(args)
  expect(code).toBe(1)
  expect(stderr).toContain(message)
})

test.each([
  ['PULUMI_DIY_BACKEND_GZIP', 'true', 'PULUMI_DIY_BACKEND_GZIP'],
  ['PULUMI_SKIP_CHECKPOINTS', '1', 'PULUMI_SKIP_CHECKPOINTS'],
  ['PULUMI_BACKEND_URL', 's3://bucket', 'the backend s3://'],
  ['PULUMI_BACKEND_URL', undefined, 'PULUMI_BACKEND_URL must be set'],
  [
    'PULUMI_CONFIG_PASSPHRASE',
    undefined,
    'passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE'
  ]
])('the setting %s=%s is refused by name', async (name, value, message) => {
  const { code, stderr } = await engine(['stack', 'init', 'dev'], { [name]: value })
  expect(code).toBe(1)
  expect(stderr).toContain(message)
})

test.each([
  ['bad!name', 'invalid character \'!\' at position 3'],
  ['somebody/shop/dev', 'organization name must be \'organization\''],
  ['../dev', 'organization name must be \'organization\'']
])('the stack name %s is refused', async (name, message) => {
  const { code, stderr } = await engine(['stack', 'init', name])
  expect(code).toBe(1)
  expect(stderr).toContain(message)
  expect(await readdir(join(folder, 'state'))).toEqual([])
})

test('a new stack has a salt in its settings and an empty checkpoint', async () => {
  expect((await engine(['stack', 'init', 'organization/shop/dev', '--secrets-provider', 'passphrase'])).code).toBe(0)
  expect(await readFile(join(folder, 'work', 'Pulumi.dev.yaml'), 'utf8')).toMatch(/^encryptionsalt: v1:.+:v1:.+:.+\n$/)
  expect(JSON.parse(await readFile(join(folder, 'state/.pulumi/stacks/shop/dev.json'), 'utf8'))).toEqual({
    version: 3,
    checkpoint: { stack: 'organization/shop/dev' }
  })
  expect(await readFile(join(folder, 'state/.pulumi/meta.yaml'), 'utf8')).toBe('version: 1\n')
  expect((await engine(['stack', 'output', '--json', '--stack', 'dev'])).stdout).toBe('{}\n')
})

test('a passphrase file is read without the white space around it', async () => {
  await engine(['stack', 'init', 'dev'])
  const settings = await readFile(join(folder, 'work', 'Pulumi.dev.yaml'), 'utf8')
  await writeFile(
    join(folder, 'work', 'Pulumi.dev.yaml'),
    `${settings}config:\n  shop:key:\n    secure: ${settings.split(' ')[1]?.split(':').slice(2).join(':')}`
  )
  await writeFile(join(folder, 'passphrase'), ' pass\n')
  const fromFile = { PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: join(folder, 'passphrase') }
  const { code, stdout } = await engine(['destroy', '--yes', '--skip-preview', '--stack', 'dev'], fromFile)
  expect(stdout).toContain('Destroying (dev):')
  expect(code).toBe(0)
})

test('a checkpoint of another version is refused', async () => {
  await engine(['stack', 'init', 'dev'])
  await writeFile(join(folder, 'state/.pulumi/stacks/shop/dev.json'), '{"version":4}')
  expect((await engine(['destroy', '--yes', '--skip-preview', '--stack', 'dev'])).stderr).toContain(
    'unsupported version 4'
  )
})

test('a deployment whose output nobody reads goes on to its end', async () => {
  await engine(['stack', 'init', 'dev'])
  const child = spawn(process.execPath, [main, 'destroy', '--yes', '--skip-preview', '--stack', 'dev'], {
    cwd: join(folder, 'work'),
    env: environment()
  })
  child.stdout.destroy()
  child.stderr.destroy()
  const [code] = await once(child, 'exit') as [number]
  expect(code).toBe(0)
  expect((await readdir(join(folder, 'state/.pulumi/history/shop/dev'))).length).toBe(2)
})
