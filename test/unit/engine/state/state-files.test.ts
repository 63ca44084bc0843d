import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isStale, listLocks, waitUntilUnlocked } from '../../../../src/engine/process/locks.ts'
import { identify, isAlive, startTimeOf } from '../../../../src/host-processes.ts'
import { refuseFullDisk } from '../../../../src/engine/state/disk-space.ts'
import { removeHalfWrittenAttributes } from '../../../../src/engine/state/attribute-files.ts'
import { ensurePassphraseFile } from '../../../../src/engine/state/secrets.ts'
import { cloudResources } from '../../../../src/engine/state/checkpoint.ts'
import { readCheckpoint } from '../../../../src/engine/state/state-files.ts'
import { stateDirectory, statePaths, type StatePaths } from '../../../../src/engine/state/state-paths.ts'
import { silentLog } from '../../../support/log.ts'

let directory = ''
let paths: StatePaths

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'state-'))
  paths = statePaths(directory, 'env')
  await mkdir(paths.locks, { recursive: true })
  await mkdir(join(directory, '.pulumi', 'stacks', 'batchyard'), { recursive: true })
})

afterEach(async () => {
  await rm(directory, { recursive: true, force: true })
})

async function lock (pid: number, changes: object = {}): Promise<void> {
  const content = { pid, username: 'u', hostname: hostname(), timestamp: new Date().toISOString(), ...changes }
  await writeFile(join(paths.locks, `${pid}.json`), JSON.stringify(content))
}

const never = async () => false

/** The pid of a process that has ended. */
async function deadPid (): Promise<number> {
  const child = spawn('/bin/true')
  await once(child, 'exit')
  return child.pid ?? 0
}

test('only file URLs with an absolute path name a state directory', () => {
  expect(stateDirectory('file:///srv/state%20a?no_tmp_dir=true')).toBe('/srv/state a')
  for (const url of ['s3://bucket', 'postgres://db', 'file://~/state']) expect(stateDirectory(url)).toBeUndefined()
})

test.each([{ version: 3 }, { version: 4, features: ['refreshBeforeUpdate'] }])(
  'a checkpoint is read with its resources, its pending operations and its salt: %j',
  async (schema) => {
    const resources = [
      { urn: 'urn:1', type: 'pulumi:pulumi:Stack', outputs: { a: 1 } },
      { urn: 'urn:2', type: 'pulumi:providers:aws', custom: true },
      { urn: 'urn:3', type: 'aws:s3/bucket:Bucket', custom: true }
    ]
    const latest = {
      resources,
      secrets_providers: { type: 'passphrase', state: { salt: 'v1:x' } },
      pending_operations: [{}]
    }
    await writeFile(paths.checkpoint, JSON.stringify({ ...schema, checkpoint: { latest } }))
    const checkpoint = await readCheckpoint(paths)
    expect(checkpoint).toMatchObject({ pending: 1, salt: 'v1:x' })
    expect(cloudResources(checkpoint?.resources ?? []).map((resource) => resource.urn)).toEqual(['urn:3'])
  }
)

test('a stack that was never updated has no resources, one that does not exist no checkpoint', async () => {
  expect(await readCheckpoint(paths)).toBeUndefined()
  await writeFile(paths.checkpoint, JSON.stringify({ version: 3, checkpoint: { stack: 'organization/batchyard/env' } }))
  expect(await readCheckpoint(paths)).toEqual({ deployment: {}, resources: [], pending: 0 })
})

const checkpointOf = (...resources: object[]) => JSON.stringify({ version: 3, checkpoint: { latest: { resources } } })
const bucket = (name: string, more: object = {}) => ({
  urn: `urn:${name}`,
  type: 'aws:s3/bucket:Bucket',
  custom: true,
  ...more
})

test.each([
  ['', 'it is empty'],
  ['{"version":3,"checkp', 'it is not JSON, or only the beginning of it'],
  ['[]', 'it holds no checkpoint'],
  ['{"version":2,"checkpoint":{}}', 'it is of version 2, not 3 or 4'],
  ['{"version":3,"checkpoint":{"latest":{"resources":{}}}}', 'its resources cannot be made out'],
  [
    checkpointOf(bucket('a', { provider: 'urn:missing::id' })),
    'it refers to resources that it does not hold, or holds one twice'
  ]
])('a damaged state file is named with what is wrong, and left as it is: %j', async (text, reason) => {
  await writeFile(paths.checkpoint, text)
  await expect(readCheckpoint(paths)).rejects.toMatchObject({
    error: {
      code: 'state-corrupt',
      retryable: true,
      detail: `The state file ${paths.checkpoint} is damaged: ${reason}. No good copy of it was found.`
    }
  })
  expect(await readFile(paths.checkpoint, 'utf8')).toBe(text)
})

test('the newest copy that an engine would take is offered for a damaged state file', async () => {
  await mkdir(paths.backups, { recursive: true })
  const copies = [
    ['1.json', checkpointOf(bucket('a'))],
    ['2.json', checkpointOf(bucket('a'), bucket('b', { parent: 'urn:a' }))],
    ['3.json', checkpointOf(bucket('b', { dependencies: ['urn:a'] }), bucket('a'))],
    ['4.json', checkpointOf(bucket('a'), bucket('a'))],
    ['5.json', checkpointOf(bucket('a', { provider: 'urn:missing::id' }))],
    ['6.json', '{"version":3,'],
    ['7.json.attrs', checkpointOf()]
  ] as const
  for (const [name, text] of copies) {
    const path = join(paths.backups, name)
    await writeFile(path, text)
    await utimes(path, new Date(0), new Date(Number(name[0]) * 1000))
  }
  await writeFile(paths.checkpoint, '')
  await expect(readCheckpoint(paths)).rejects.toThrow(
    `The newest good copy is ${join(paths.backups, '2.json')}, of 1970-01-01T00:00:02.000Z, with 2 cloud resources.`
  )
  await writeFile(paths.previous, checkpointOf(bucket('a'), bucket('a', { delete: true })))
  await expect(readCheckpoint(paths)).rejects.toThrow(`The newest good copy is ${paths.previous}, of 2`)
})

test('a lock is stale when its process is gone or began after it, and never when it is another host\'s', async () => {
  await lock(await deadPid())
  expect(await Promise.all((await listLocks(paths)).map(async (found) => isStale(found, never)))).toEqual([true])
  await lock(process.pid)
  await lock(1, { hostname: 'elsewhere' })
  await lock(process.ppid, { timestamp: '2001-01-01T00:00:00Z' })
  const stale = await Promise.all(
    (await listLocks(paths)).map(async (found) => [found.pid, await isStale(found, never)])
  )
  expect(Object.fromEntries(stale)).toMatchObject({ [process.pid]: false, 1: false, [process.ppid]: true })
})

test('stale locks are removed one by one, a live one is waited for and reported when time is up', async () => {
  const dead = await deadPid()
  await lock(dead)
  await lock(process.pid)
  const removed: number[] = []
  const held = await waitUntilUnlocked(paths, AbortSignal.timeout(100), {
    isHostGone: never,
    onRemoved: (found) => {
      removed.push(found.pid)
    }
  })
  expect(removed).toEqual([dead])
  expect(held.map((found) => found.pid)).toEqual([process.pid])
  expect(await readdir(paths.locks)).toEqual([`${process.pid}.json`])
  setTimeout(() => { rm(join(paths.locks, `${process.pid}.json`)).catch(() => undefined) }, 50)
  expect(
    await waitUntilUnlocked(paths, new AbortController().signal, { isHostGone: never, onRemoved: () => undefined })
  ).toEqual([])
})

test('what a dead engine has left running, a plugin in the middle of its call, ends before its lock goes', async () => {
  const script = 'sleep 300 & echo $!; wait'
  const engine = spawn('/bin/sh', ['-c', script], {
    detached: true,
    env: { PULUMI_AUTOMATION_API: 'true' },
    stdio: ['ignore', 'pipe', 'ignore']
  })
  const [line] = await once(engine.stdout, 'data') as [Buffer]
  const plugin = Number(line.toString())
  engine.kill('SIGKILL')
  await once(engine, 'exit')
  expect(await startTimeOf(plugin)).toBeDefined()
  await lock(engine.pid ?? 0)
  await waitUntilUnlocked(paths, new AbortController().signal, { isHostGone: never, onRemoved: () => undefined })
  await expect.poll(async () => startTimeOf(plugin), { timeout: 20_000 }).toBeUndefined()
})

test('what the CLI keeps beside a lock goes with it', async () => {
  const dead = await deadPid()
  await lock(dead)
  await writeFile(join(paths.locks, `${dead}.json.attrs`), '{}')
  await waitUntilUnlocked(paths, new AbortController().signal, { isHostGone: never, onRemoved: () => undefined })
  expect(await readdir(paths.locks)).toEqual([])
})

test('a lock of another host is removed once that host is known to be gone', async () => {
  await lock(1, { hostname: 'gone' })
  await lock(2, { hostname: 'there' })
  const removed: string[] = []
  const isHostGone = async (host: string) => host === 'gone'
  await waitUntilUnlocked(paths, AbortSignal.abort(), { isHostGone, onRemoved: ({ host }) => { removed.push(host) } })
  expect(removed).toEqual(['gone'])
  expect(await readdir(paths.locks)).toEqual(['2.json'])
})

test('an engine killed while it wrote its lock is waited for only as long as writing one takes', async () => {
  const [fresh, left] = ['a.json.1f.tmp', 'b.json.2e.tmp'].map((name) => join(paths.locks, name))
  for (const path of [fresh, left]) {
    await writeFile(path ?? '', JSON.stringify({ pid: process.pid, hostname: hostname(), timestamp: new Date() }))
  }
  await utimes(left ?? '', new Date(), new Date(Date.now() - 3_600_000))
  await waitUntilUnlocked(paths, AbortSignal.abort(), { isHostGone: never, onRemoved: () => undefined })
  expect(await readdir(paths.locks)).toEqual(['a.json.1f.tmp'])
})

test('a lock that is not written to its end is one, until its owner has had time to write it', async () => {
  for (const [name, age] of [['empty', 0], ['left', 3600]] as const) {
    const path = join(paths.locks, `${name}.json`)
    await writeFile(path, name === 'empty' ? '' : '{"pid":1')
    await utimes(path, new Date(), new Date(Date.now() - age * 1000))
  }
  const held = await waitUntilUnlocked(paths, AbortSignal.abort(), { isHostGone: never, onRemoved: () => undefined })
  expect(held.map(({ path }) => path)).toEqual([join(paths.locks, 'empty.json')])
  expect(await readdir(paths.locks)).toEqual(['empty.json'])
})

test('a run is not begun where the state has too little room for it', async () => {
  await refuseFullDisk(directory, 1)
  await expect(refuseFullDisk(directory, Number.MAX_SAFE_INTEGER)).rejects.toMatchObject({
    error: { code: 'storage-full', detail: expect.stringContaining(directory) }
  })
})

test('attributes that the CLI was killed while writing go, whole ones and the files themselves stay', async () => {
  const meta = join(directory, '.pulumi', 'meta.yaml')
  for (const [path, attributes] of [[paths.checkpoint, ''], [meta, '{"user.cache']] as const) {
    await writeFile(path, 'kept')
    await writeFile(`${path}.attrs`, attributes)
  }
  await removeHalfWrittenAttributes(paths)
  expect((await readdir(join(directory, '.pulumi'))).sort()).toEqual(['locks', 'meta.yaml', 'stacks'])
  expect(await readdir(join(directory, '.pulumi', 'stacks', 'batchyard'))).toEqual(['env.json'])
  await writeFile(`${meta}.attrs`, '{}')
  await removeHalfWrittenAttributes(paths)
  expect(await readdir(join(directory, '.pulumi'))).toContain('meta.yaml.attrs')
})

test('a process is known by its start time as well, and gone once it has ended', async () => {
  const child = spawn('/bin/sleep', ['60'])
  const identity = await identify(child.pid ?? 0)
  if (identity === undefined) throw new Error('the process is not known')
  expect(await isAlive(identity)).toBe(true)
  expect(await isAlive({ ...identity, startTime: '1' })).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await isAlive(identity)).toBe(false)
})

test('of several replicas making the passphrase file at once all read the same, and nobody else may', async () => {
  const file = join(directory, 'secrets', 'passphrase')
  const read = await Promise.all(Array.from({ length: 8 }, async () => {
    await ensurePassphraseFile(file, silentLog)
    return readFile(file, 'utf8')
  }))
  expect(new Set(read).size).toBe(1)
  expect(read[0]?.trim().length).toBeGreaterThan(40)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readdir(join(directory, 'secrets'))).toEqual(['passphrase'])
})

test.each(['', ' \n'])(
  'a passphrase file that is there without a passphrase is refused and left as it is: %j',
  async (content) => {
    const file = join(directory, 'passphrase')
    await writeFile(file, content, { mode: 0o600 })
    await expect(ensurePassphraseFile(file, silentLog)).rejects.toThrow(`${file} is empty`)
    expect(await readFile(file, 'utf8')).toBe(content)
  }
)

test('what cannot be read as a passphrase file is refused', async () => {
  await expect(ensurePassphraseFile(directory, silentLog)).rejects.toThrow(`${directory} cannot be read`)
})

test('a passphrase file that others may read is used, with a warning', async () => {
  const file = join(directory, 'passphrase')
  const warnings: unknown[] = []
  const log = { info: () => undefined, warn: (fields: object) => { warnings.push(fields) } }
  await writeFile(file, 'hush')
  for (const mode of [0o600, 0o400, 0o640, 0o604]) {
    await chmod(file, mode)
    await ensurePassphraseFile(file, log)
  }
  expect(warnings).toEqual([{ file, mode: '640' }, { file, mode: '604' }])
})
