import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findEngine } from '../../../src/engine/find.ts'

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

test('real AWS is refused to the sandbox engine', async () => {
  await expect(findEngine({ engine: 'sandbox', cloud: 'aws', path: '' })).rejects.toThrow('cannot drive real AWS')
})

test('a missing CLI is an error that says where it was looked for and what installs it', async () => {
  const choice = { pulumiRoot: directory, path: `${directory}/one:${directory}/two` }
  for (const wanted of [{ engine: 'pulumi', cloud: 'sandbox' }, { engine: 'auto', cloud: 'aws' }] as const) {
    await expect(findEngine({ ...wanted, ...choice })).rejects.toThrow(`found in ${directory}/bin, ${directory}/one, ${directory}/two. Install it with \`npm run pulumi:install\``)
  }
})

test('the CLI of the root comes before that of the path, with the plugins beside it', async () => {
  const first = await place('bin', 'v3.270.0')
  const second = await place('path', 'v3.260.0')
  await mkdir(join(directory, 'plugins'))
  const path = join(directory, 'path')
  expect(await findEngine({ engine: 'auto', cloud: 'aws', pulumiRoot: directory, path }))
    .toEqual({ kind: 'pulumi', executable: first, args: [], version: 'v3.270.0', plugins: join(directory, 'plugins') })
  expect(await findEngine({ engine: 'pulumi', cloud: 'sandbox', path })).toMatchObject({ executable: second, version: 'v3.260.0' })
})

test('an executable that does not answer with a version is refused', async () => {
  await place('path', 'hello')
  await expect(findEngine({ engine: 'auto', cloud: 'sandbox', path: join(directory, 'path') })).rejects.toThrow('instead of a version')
})

test('without a CLI the sandbox engine serves the sandbox cloud, run by this very Node', async () => {
  const engine = await findEngine({ engine: 'auto', cloud: 'sandbox', path: '' })
  expect(engine).toMatchObject({ kind: 'sandbox', executable: process.execPath, version: expect.stringMatching(/^v3\./) })
})
