import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seconds } from '../../../src/sandbox/engine/deployment/planning/goal.ts'
import { withIgnoredChanges } from '../../../src/sandbox/engine/deployment/planning/ignore-changes.ts'
import { newSecretsProvider, secretsProvider } from '../../../src/sandbox/engine/secrets.ts'
import { StructMessage } from '../../../src/sandbox/engine/protocol.ts'
import { aliasUrn, isDefaultProvider, packageOf, urnOf } from '../../../src/sandbox/engine/urn.ts'
import { fromState, toDisplay, toPlain, toState } from '../../../src/sandbox/engine/values/json.ts'
import { Reference, Secret } from '../../../src/sandbox/engine/values/value.ts'
import type { Properties, PropertyValue } from '../../../src/sandbox/engine/values/value.ts'
import { fromStruct, toWireObject } from '../../../src/sandbox/engine/values/wire.ts'

const { value } = fc.letrec<{ value: PropertyValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.string(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ minLength: 1, maxLength: 5 }).filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true }
    ),
    tie('value').map((inner) => (inner instanceof Secret ? inner : new Secret(inner))),
    fc.constant(new Reference('urn:pulumi:dev::shop::a:b:C::name', 'id', '1.2.3'))
  )
}))

const withoutCiphertext = (text: unknown): unknown =>
  JSON.parse(JSON.stringify(text, (key, part: unknown) => (key === 'ciphertext' ? undefined : part)))

test('values survive the way to the state and back', () => {
  const reverse = (text: string) => [...text].reverse().join('')
  fc.assert(fc.property(value, (original) => {
    const json = JSON.parse(JSON.stringify(toState(original, reverse)))
    expect(withoutCiphertext(fromState(json, reverse))).toEqual(withoutCiphertext(original))
  }), { numRuns: 200 })
})

test('values survive the way over the wire and back', () => {
  fc.assert(fc.property(value, (original) => {
    const properties: Properties = { original }
    const wire = StructMessage.fromJavaScript(toWireObject(properties, { secrets: true, references: true }))
    expect(withoutCiphertext(fromStruct(wire))).toEqual(withoutCiphertext(properties))
  }), { numRuns: 200 })
})

test('events and masked outputs never show a secret', () => {
  const secret = { nested: [new Secret({ pin: 'hunter2' })] }
  expect(JSON.stringify(toDisplay(secret))).not.toContain('hunter2')
  expect(toPlain(secret, false)).toEqual({ nested: ['[secret]'] })
  expect(toPlain(secret, true)).toEqual({ nested: [{ pin: 'hunter2' }] })
})

test('a passphrase opens its own salt only', async () => {
  const provider = await newSecretsProvider('right')
  const ciphertext = (await provider.crypter()).encrypt('text')
  expect((await secretsProvider(provider.salt, 'right').crypter()).decrypt(ciphertext)).toBe('text')
  await expect(secretsProvider(provider.salt, 'wrong').crypter()).rejects.toThrow('incorrect passphrase')
})

test('a checkpoint of the CLI opens: its salt and one of its secrets', async () => {
  const { decrypt } = await secretsProvider(
    'v1:Cdeiyx5vBwI=:v1:OVihRVAuznGp04+q:9cQCNeliOY65+Vl3EMWXucnEQIN/yQ==',
    'pass'
  ).crypter()
  expect(decrypt('v1:Z2kSxtZUEiM3zB24:Nj4XYvijZhJml4TUDhEajokVuumH+Svf6g==')).toBe('"hunter2"')
})

test.each([
  ['5m', 300],
  ['1h30m', 5400],
  ['90s', 90],
  ['1.5s', 1.5],
  ['250ms', 0.25]
])('the duration %s is %d seconds', (text, expected) => {
  expect(seconds(text)).toBe(expected)
})

test.each(['5', 'five', '5x', '-5m x', ''])('the duration "%s" is refused', (text) => {
  expect(() => seconds(text)).toThrow('unable to parse customTimeout')
})

test.each<[string[], Properties]>([
  [['a'], { a: 'old', b: { c: 'new' }, l: [1, 2], fresh: 1 }],
  [['b.c'], { a: 'new', b: { c: 'old' }, l: [1, 2], fresh: 1 }],
  [['l[1]'], { a: 'new', b: { c: 'new' }, l: [1, 9], fresh: 1 }],
  [['fresh'], { a: 'new', b: { c: 'new' }, l: [1, 2] }]
])('changes at %j are ignored', (paths, expected) => {
  const news = { a: 'new', b: { c: 'new' }, l: [1, 2], fresh: 1 }
  const olds = { a: 'old', b: { c: 'old' }, l: [8, 9] }
  expect(withIgnoredChanges(news, olds, paths)).toEqual(expected)
})

test('a URN holds the parents\' types and not the stack\'s', () => {
  const scope = { project: 'shop', stack: 'dev' }
  const root = urnOf(scope, { parent: '', type: 'pulumi:pulumi:Stack', name: 'shop-dev' })
  const group = urnOf(scope, { parent: root, type: 'my:own:Group', name: 'g' })
  expect(urnOf(scope, { parent: group, type: 'aws:s3/bucket:Bucket', name: 'b::1' })).toBe(
    'urn:pulumi:dev::shop::my:own:Group$aws:s3/bucket:Bucket::b::1'
  )
  expect(urnOf(scope, { parent: root, type: 'aws:s3/bucket:Bucket', name: 'b' })).toBe(
    'urn:pulumi:dev::shop::aws:s3/bucket:Bucket::b'
  )
  const provider = { parent: '', type: 'pulumi:providers:aws', name: 'default_7_48_0' }
  expect(isDefaultProvider(urnOf(scope, provider))).toBe(true)
  expect(packageOf('aws:s3/bucket:Bucket')).toBe('aws')
  const own = { parent: group, type: 'a:b:C', name: 'n' }
  expect(aliasUrn(scope, own, { name: '', type: 'a:b:Old', stack: '', project: '', parent: '', noParent: false })).toBe(
    'urn:pulumi:dev::shop::my:own:Group$a:b:Old::n'
  )
})
