import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import aws from '@pulumi/aws/package.json' with { type: 'json' }
import { findEngine } from '../../../../src/engine/process/find-engine.ts'
import type { Log } from '../../../../src/engine/log.ts'

let directory = ''

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'find-')))
})

afterEach(async () => {
  await rm(directory, { recursive: true, force: true })
})

async function place (folder: string, answer: string): Promise<string> {
  const path = join(directory, folder, 'pulumi')
  await mkdir(join(directory, folder), { recursive: true })
  await writeFile(path, `#!/bin/sh\necho "${answer}"\n`)
  await chmod(path, 0o755)
  return path
}

/** Installs a plugin that can't do anything, of the version that the AWS resources need. */
async function placeAwsPlugin (mode = 0o755, version: string = aws.version): Promise<string> {
  const folder = join(directory, 'plugins', `resource-aws-v${version}`)
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'pulumi-resource-aws')
  await writeFile(path, '')
  await chmod(path, mode)
  return path
}

test('real AWS is refused to the sandbox engine', async () => {
  await expect(findEngine({ engine: 'sandbox', cloud: 'aws', path: '' })).rejects.toThrow('cannot drive real AWS')
})

test('a missing CLI is an error that says where it was looked for and what installs it', async () => {
  const choice = { pulumiRoot: directory, path: `${directory}/one:${directory}/two` }
  for (const wanted of [{ engine: 'pulumi', cloud: 'sandbox' }, { engine: 'auto', cloud: 'aws' }] as const) {
    await expect(findEngine({ ...wanted, ...choice })).rejects.toThrow(
      `found in ${directory}/bin, ${directory}/one, ${directory}/two. Install it with \`npm run pulumi:install\``
    )
  }
})

test('the CLI of the root comes before that of the path, with the plugins beside it', async () => {
  const first = await place('bin', 'v3.270.0')
  const second = await place('path', 'v3.260.0')
  await placeAwsPlugin()
  const path = join(directory, 'path')
  expect(await findEngine({ engine: 'auto', cloud: 'aws', pulumiRoot: directory, path }))
    .toEqual({ kind: 'pulumi', executable: first, args: [], version: 'v3.270.0', plugins: join(directory, 'plugins') })
  expect(await findEngine({ engine: 'pulumi', cloud: 'sandbox', path })).toMatchObject({
    executable: second,
    version: 'v3.260.0'
  })
})

test('an executable that does not answer with a version is refused', async () => {
  await place('path', 'hello')
  await expect(findEngine({ engine: 'auto', cloud: 'sandbox', path: join(directory, 'path') })).rejects.toThrow(
    'instead of a version'
  )
})

test('without a CLI the sandbox engine serves the sandbox cloud, run by this very Node', async () => {
  const engine = await findEngine({ engine: 'auto', cloud: 'sandbox', path: '' })
  expect(engine).toMatchObject({
    kind: 'sandbox',
    executable: process.execPath,
    version: expect.stringMatching(/^v3\./)
  })
})

test('on real AWS the exact plugin must be there; the error says what is missing and what installs it', async () => {
  await place('bin', 'v3.260.0')
  const choice = { engine: 'pulumi', cloud: 'aws', pulumiRoot: directory, path: '' } as const
  const wanted = join(directory, 'plugins', `resource-aws-v${aws.version}`)
  await expect(findEngine(choice)).rejects.toThrow(`${join(directory, 'plugins')} is absent`)
  await placeAwsPlugin(0o755, '1.0.0')
  await expect(findEngine(choice)).rejects.toThrow(`${wanted} is absent`)
  const plugin = await placeAwsPlugin(0o644)
  // No file mode keeps root from reading; from executing it does.
  await expect(findEngine(choice)).rejects.toThrow(`${plugin} cannot be read and executed by this user`)
  await expect(findEngine(choice)).rejects.toThrow('`npm run pulumi:install`')
  await chmod(plugin, 0o755)
  expect(await findEngine(choice)).toMatchObject({ plugins: join(directory, 'plugins') })
})

test('the sandbox cloud needs no plugin', async () => {
  const executable = await place('bin', 'v3.260.0')
  expect(await findEngine({ engine: 'pulumi', cloud: 'sandbox', pulumiRoot: directory, path: '' }))
    .toEqual({ kind: 'pulumi', executable, args: [], version: 'v3.260.0' })
})

test.each(['s3://bucket', 'postgres://db/state', 'file://~/state'])(
  'the sandbox engine is refused where the state is in %s',
  async (stateUrl) => {
    for (const engine of ['sandbox', 'auto'] as const) {
      await expect(findEngine({ engine, cloud: 'sandbox', path: '', stateUrl })).rejects.toThrow(
        'keeps its state in file:///'
      )
    }
    await place('bin', 'v3.260.0')
    expect(
      await findEngine({ engine: 'auto', cloud: 'sandbox', pulumiRoot: directory, path: '', stateUrl })
    ).toMatchObject({ kind: 'pulumi' })
  }
)

test('an address of the state may hold a password, which no error repeats', async () => {
  const refusal = findEngine({
    engine: 'sandbox',
    cloud: 'sandbox',
    path: '',
    stateUrl: 'postgres://user:hush@db/state'
  })
  await expect(refusal).rejects.toThrow(/^(?!.*hush).*postgres:/)
})

test('a CLI that is too old is refused where it is asked for or needed', async () => {
  const executable = await place('bin', 'v3.249.9')
  for (const wanted of [{ engine: 'pulumi', cloud: 'sandbox' }, { engine: 'auto', cloud: 'aws' }] as const) {
    await expect(findEngine({ ...wanted, pulumiRoot: directory, path: '' })).rejects.toThrow(
      `${executable} is v3.249.9; 3.250.0 or later is needed`
    )
  }
})

test('a CLI that is too old leaves the sandbox cloud to the sandbox engine, which the log says', async () => {
  const executable = await place('bin', 'v3.249.9')
  const warnings: unknown[] = []
  const log: Log = { info: () => undefined, warn: (fields, message) => { warnings.push({ ...fields, message }) } }
  expect(await findEngine({ engine: 'auto', cloud: 'sandbox', pulumiRoot: directory, path: '', log })).toMatchObject({
    kind: 'sandbox'
  })
  expect(warnings).toEqual([{ executable, version: 'v3.249.9', message: expect.stringContaining('3.250.0') }])
})
