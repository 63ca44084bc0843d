import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newSecretsProvider } from '../../../src/sandbox/engine/secrets.ts'
import {
  emptyCheckpoint,
  pendingOf,
  readCheckpointFile,
  resourcesOf
} from '../../../src/sandbox/engine/state/checkpoint.ts'
import { stackFiles, writeAtomic } from '../../../src/sandbox/engine/state/files.ts'
import type { StackFiles } from '../../../src/sandbox/engine/state/files.ts'
import { lockStack, removeLocks } from '../../../src/sandbox/engine/state/locks.ts'
import { prerequisitesOf, resourceFromJson } from '../../../src/sandbox/engine/state/resource.ts'
import type { ResourceState } from '../../../src/sandbox/engine/state/resource.ts'
import { Snapshot } from '../../../src/sandbox/engine/state/snapshot.ts'
import { Secret } from '../../../src/sandbox/engine/values/value.ts'

let root = ''
let files: StackFiles

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'batchyard-state-'))
  files = stackFiles(root, 'shop', 'dev')
  await writeAtomic(files.checkpoint, emptyCheckpoint('shop', 'dev'))
})

afterEach(async () => { await rm(root, { recursive: true, force: true }) })

const plain = () => { throw new Error('nothing here is secret') }

const named = (name: string, more: Partial<ResourceState> = {}): ResourceState => ({
  ...resourceFromJson({ urn: `urn:pulumi:dev::shop::a:b:C::${name}`, type: 'a:b:C', custom: true }, plain),
  ...more
})

const snapshot = async (base: ResourceState[] = []) =>
  new Snapshot({ files, secrets: await newSecretsProvider('pass'), base, pending: [], extra: { snippets: [] } })

async function saved () {
  const checkpoint = await readCheckpointFile(files)
  if (checkpoint === undefined) throw new Error('no checkpoint')
  return checkpoint
}

test('of any number that race for a lock at most one gets it', async () => {
  for (let round = 0; round < 20; round++) {
    const results = await Promise.allSettled(Array.from({ length: 6 }, async () => lockStack(files)))
    const held = results.filter((result) => result.status === 'fulfilled')
    expect(held.length).toBeLessThanOrEqual(1)
    for (const { value } of held) await value.release()
    const lock = await lockStack(files)
    await expect(lockStack(files)).rejects.toThrow('the stack is currently locked by 1 lock(s)')
    await removeLocks(files)
    await lock.release()
  }
})

test('every change made before a save is in the file when the save is done', async () => {
  const state = await snapshot()
  await Promise.all(Array.from({ length: 200 }, async (_, index) => {
    await new Promise((resolve) => setTimeout(resolve, index % 7))
    const resource = named(`r${index}`)
    const operation = state.begin('creating', resource)
    await state.saved()
    expect(pendingOf(await saved(), plain).map(({ resource: { urn } }) => urn)).toContain(resource.urn)
    state.end(operation)
    state.put(resource)
    await state.saved()
    expect(resourcesOf(await saved(), plain).map(({ urn }) => urn)).toContain(resource.urn)
  }))
  const checkpoint = await saved()
  expect(checkpoint.resources).toHaveLength(200)
  expect(checkpoint.pending).toEqual([])
})

test('what was dealt with stands before what was not, and the write before the last is kept', async () => {
  const [a, b] = [named('a'), named('b')]
  const state = await snapshot([a, b])
  await state.saved()
  const before = await readFile(files.checkpoint, 'utf8')
  state.put({ ...b, modified: '2026-01-01T00:00:00.000Z' }, b)
  await state.saved()
  expect((await saved()).resources.map(({ urn }) => urn)).toEqual([b.urn, a.urn])
  expect((await saved()).extra['snippets']).toEqual([])
  expect(await readFile(files.previous, 'utf8')).toBe(before)
})

test('an unchanged secret is not encrypted anew', async () => {
  const state = await snapshot()
  state.put(named('a', { inputs: { password: new Secret('hunter2') } }))
  await state.saved()
  const first = await readFile(files.checkpoint, 'utf8')
  expect(first).not.toContain('hunter2')
  state.put(named('b'))
  await state.saved()
  expect(await readFile(files.checkpoint, 'utf8')).toContain(/"ciphertext":"([^"]+)"/.exec(first)?.[1])
})

test('fields of a checkpoint that mean nothing here are written back', async () => {
  const json = {
    urn: 'urn:pulumi:dev::shop::a:b:C::x',
    custom: true,
    type: 'a:b:C',
    taint: true,
    importID: 'i',
    viewOf: 'urn'
  }
  const state = await snapshot([resourceFromJson(json, plain)])
  await state.saved()
  expect((await saved()).resources).toEqual([json])
})

test('a resource needs its parent, its provider, what it depends on and what it is deleted with', () => {
  const needs = prerequisitesOf(
    named('a', {
      parent: 'urn:p',
      provider: 'urn:q::id',
      dependencies: ['urn:d'],
      propertyDependencies: { x: ['urn:e', 'urn:d'] },
      deletedWith: 'urn:w'
    })
  )
  expect([...needs].sort()).toEqual(['urn:d', 'urn:e', 'urn:p', 'urn:q', 'urn:w'])
})
