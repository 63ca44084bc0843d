import { createCipheriv, pbkdf2Sync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  fingerprintOf, knownResources, markRetained, type Deployment
} from '../../../../src/engine/state/deployment.ts'
import { SecretsKeyCache } from '../../../../src/engine/state/secrets.ts'

const urn = (name: string): string => `urn:pulumi:env::batchyard::aws:s3/bucket:Bucket::${name}`
const entry = (name: string, more: Record<string, unknown> = {}) => ({
  urn: urn(name),
  type: 'aws:s3/bucket:Bucket',
  custom: true,
  id: `${name}-1`,
  ...more
})

const KEY_SALT = Buffer.from('saltsalt')
const KEY = pbkdf2Sync('of a test', KEY_SALT, 1_000_000, 32, 'sha256')

/** As the engines encrypt: another text each time. */
function encrypted (text: string, nonce: string): string {
  const cipher = createCipheriv('aes-256-gcm', KEY, Buffer.from(nonce))
  const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()])
  return `v1:${Buffer.from(nonce).toString('base64')}:${sealed.toString('base64')}`
}

const secret = (text: string, nonce: string) => ({
  '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
  ciphertext: encrypted(JSON.stringify(text), nonce)
})

let folder: string
let keyCache: SecretsKeyCache
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deployment-'))
  await writeFile(join(folder, 'passphrase'), 'of a test\n')
  keyCache = new SecretsKeyCache(join(folder, 'passphrase'))
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

const deploymentOf = (resources: unknown[], pending: unknown[] = []): Deployment => ({
  manifest: { time: String(Math.random()) },
  secrets_providers: {
    type: 'passphrase',
    state: { salt: `v1:${KEY_SALT.toString('base64')}:${encrypted('pulumi', 'nonce-nonce!')}` }
  },
  resources,
  pending_operations: pending
})

const fingerprint = async (...parts: Parameters<typeof deploymentOf>): Promise<string> =>
  fingerprintOf(deploymentOf(...parts), keyCache)

test('a fingerprint stays with the order, the times, the code\'s lines and the ciphertexts of a state', async () => {
  const one = entry('a', {
    inputs: { x: 1, y: 2 },
    outputs: { password: secret('hush', 'nonce-number') },
    modified: '2026',
    sourcePosition: 'a.ts:1'
  })
  const other = entry('a', {
    sourcePosition: 'b.ts:9',
    outputs: { password: secret('hush', 'other-number') },
    inputs: { y: 2, x: 1 }
  })
  expect(await fingerprint([one, entry('b')])).toBe(await fingerprint([entry('b'), other]))
})

test('a fingerprint changes with properties, secrets, resources, pending operations; empty without state', async () => {
  const all = await Promise.all([
    fingerprint([entry('a', { inputs: { x: 1 } })]),
    fingerprint([entry('a', { inputs: { x: 2 } })]),
    fingerprint([entry('a', { inputs: { x: secret('one', 'nonce-number') } })]),
    fingerprint([entry('a', { inputs: { x: secret('two', 'nonce-number') } })]),
    fingerprint([]),
    fingerprint([], [{ type: 'creating', resource: entry('a') }]),
    fingerprintOf(undefined, keyCache)
  ])
  expect(new Set(all).size).toBe(all.length)
  expect(all.at(-1)).toBe('')
})

test('the known resources are those of the cloud, their secrets masked', () => {
  const resources = [
    entry('a', { outputs: { list: [secret('hush', 'nonce-number')] } }),
    { ...entry('component'), custom: false },
    entry('p', { type: 'pulumi:providers:aws' })
  ]
  expect(knownResources(deploymentOf(resources))).toEqual([
    { urn: urn('a'), type: 'aws:s3/bucket:Bucket', name: 'a', id: 'a-1', outputs: { list: ['[secret]'] } }
  ])
})

test('what is deleted with a retained resource, or is its child, is retained, and marks of before go', () => {
  const other = { type: 'aws:sqs/queue:Queue' }
  const resources = [
    entry('bucket'),
    entry('policy', { ...other, deletedWith: urn('bucket') }),
    entry('child', { ...other, parent: urn('policy') }),
    entry('reader', { ...other, dependencies: [urn('bucket')] }),
    entry('marked', { ...other, retainOnDelete: true })
  ]
  const { deployment, changed, retained } = markRetained(deploymentOf(resources), ['aws:s3/bucket:Bucket'])
  expect(retained.map(({ name }) => name)).toEqual(['bucket', 'policy', 'child'])
  expect(changed).toBe(true)
  const marks = (deployment['resources'] as Array<Record<string, unknown>>).flatMap((resource) =>
    'retainOnDelete' in resource ? [resource['id']] : []
  )
  expect(marks).toEqual(['bucket-1', 'policy-1', 'child-1'])
  expect(markRetained(deployment, ['aws:s3/bucket:Bucket']).changed).toBe(false)
  expect(markRetained(deploymentOf([entry('bucket')]), [])).toMatchObject({ changed: false, retained: [] })
})
