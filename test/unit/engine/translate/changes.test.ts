import type { EngineEvent as SdkEvent, StepEventMetadata } from '@pulumi/pulumi/automation/events.js'
import { expect, test } from 'vitest'
import { changingStep, plannedChanges } from '../../../../src/engine/translate/changes.ts'
import { driftedResources, driftingStep } from '../../../../src/engine/translate/drift.ts'
import { fieldOf, rootOf } from '../../../../src/engine/translate/property-path.ts'

const URN = 'urn:pulumi:env::batchyard::aws:s3/bucket:Bucket::bucket'
const SECRET = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', ciphertext: '[secret]' }

type Side = Partial<NonNullable<StepEventMetadata['old']>>

const stateOf = (side: Side) => ({
  type: 'aws:s3/bucket:Bucket',
  urn: URN,
  custom: true,
  id: 'b-1',
  parent: '',
  inputs: {},
  outputs: {},
  provider: '',
  ...side
})

/** A step as the engine tells it. */
function step (
  op: string,
  more: Partial<Omit<StepEventMetadata, 'old' | 'new'>> & { old?: Side, new?: Side } = {}
): StepEventMetadata {
  const { old, new: next, ...rest } = more
  return {
    urn: URN,
    type: 'aws:s3/bucket:Bucket',
    provider: '',
    op: op as StepEventMetadata['op'],
    ...rest,
    ...(old === undefined ? {} : { old: stateOf(old) }),
    ...(next === undefined ? {} : { new: stateOf(next) })
  }
}

const before = (metadata: StepEventMetadata): SdkEvent => ({
  sequence: 1,
  timestamp: 1,
  resourcePreEvent: { metadata }
})
const after = (metadata: StepEventMetadata): SdkEvent => ({ sequence: 1, timestamp: 1, resOutputsEvent: { metadata } })

const change = (kind: string) =>
  ({ diffKind: kind, inputDiff: true }) as NonNullable<StepEventMetadata['detailedDiff']>[string]

test('the halves of a replacement are one change, and what an interrupted one left is a delete of its own', () => {
  const steps = [
    step('delete-replaced', { old: { id: 'left' } }), step('create-replacement', { old: {}, new: {} }),
    step('replace', { old: {}, new: {} }), step('delete-replaced', { old: {} })
  ].flatMap((metadata) => changingStep(before(metadata)))
  expect(plannedChanges(steps).map(({ action, id }) => [action, id])).toEqual([['delete', 'left'], ['replace', 'b-1']])
})

test('what stays, components, providers and ends of steps are no change', () => {
  const none = [
    before(step('same', { old: {}, new: {} })),
    before(step('read', { new: {} })),
    before(step('create', { new: { custom: false } })),
    before(step('create', { type: 'pulumi:providers:aws', new: {} })),
    after(step('create', { new: {} }))
  ]
  expect(none.flatMap(changingStep)).toEqual([])
})

test('properties are shown with what happens to them and whether they replace, never with values', () => {
  const detailedDiff = {
    'tags["cost.center"]': change('add'),
    'rules[0].id': change('update-replace'),
    old: change('delete'),
    tagsAll: change('update'),
    __defaults: change('add')
  }
  const [planned] = plannedChanges([
    step('replace', {
      detailedDiff,
      keys: ['rules', 'name'],
      old: { inputs: { rules: [], old: 'hush', name: 'x' } },
      new: { id: '', inputs: { tags: {}, rules: [], name: 'y' } }
    })
  ])
  expect(planned?.properties).toEqual([
    { path: 'name', action: 'update', replaces: true },
    { path: 'old', action: 'delete', replaces: false },
    { path: 'rules[0].id', action: 'update', replaces: true },
    { path: 'tags["cost.center"]', action: 'add', replaces: false }
  ])
})

test('what follows from no input is shown where there is nothing else', () => {
  const [planned] = plannedChanges([step('update', { diffs: ['arn'], old: {}, new: {} })])
  expect(planned?.properties).toEqual([{ path: 'arn', action: 'delete', replaces: false }])
})

const driftOf = (metadata: StepEventMetadata) => driftedResources([metadata])[0]?.properties

test('a refresh tells drift of what was changed or is gone, and of nothing else', () => {
  const of = (op: string, old: Side = {}) => driftingStep(after(step(op, { old, new: {} }))).length
  expect([
    of('update'),
    of('delete'),
    of('same'),
    of('update', { custom: false }),
    of('delete', { delete: true })
  ]).toEqual([1, 1, 0, 0, 0])
  expect(driftedResources([step('delete', { old: {} })])).toEqual([
    { urn: URN, resourceType: 'aws:s3/bucket:Bucket', name: 'bucket', id: 'b-1', status: 'missing', properties: [] }
  ])
})

test('drift is shown property by property, and what follows from another property once', () => {
  expect(
    driftOf(
      step('update', {
        diffs: ['tags', 'tagsAll', 'list', 'state'],
        old: {
          inputs: { tags: { 'a.b': 'x' }, list: [1, { c: 1 }], policy: '{}' },
          outputs: { tags: { 'a.b': 'x' }, tagsAll: { 'a.b': 'x' }, state: 'on', etag: 1 }
        },
        new: {
          inputs: { tags: { 'a.b': 'y' }, list: [1, { c: 2 }], policy: '{ }' },
          outputs: { tags: { 'a.b': 'y' }, tagsAll: { 'a.b': 'y' }, state: 'off', etag: 2 }
        }
      })
    )
  ).toEqual([
    { path: 'list[1].c', expected: 1, actual: 2 },
    { path: 'tags["a.b"]', expected: 'x', actual: 'y' },
    { path: 'state', expected: 'on', actual: 'off' }
  ])
})

test('an object that is missing is one without fields', () => {
  const sides = {
    old: { inputs: { gone: { a: 1 } } },
    new: { outputs: { tags: { owner: 'yes' }, tagsAll: { owner: 'yes' } } }
  }
  expect(driftOf(step('update', { diffs: ['gone', 'tags', 'tagsAll'], ...sides }))).toEqual([
    { path: 'gone.a', expected: 1, actual: null }, { path: 'tags.owner', expected: null, actual: 'yes' }
  ])
})

test('what follows from another property is shown once also where the cloud answers it as an input', () => {
  const tags = { owner: 'yes' }
  expect(driftOf(step('update', { old: {}, new: { inputs: { tags, tagsAll: tags, labels: tags } } }))).toEqual([
    { path: 'labels.owner', expected: null, actual: 'yes' }, { path: 'tags.owner', expected: null, actual: 'yes' }
  ])
})

test('a secret is never shown, on whichever side it is known to be one', () => {
  const masked = [{ path: 'password', expected: '[secret]', actual: '[secret]' }]
  expect(
    driftOf(step('update', { old: { inputs: { password: SECRET } }, new: { inputs: { password: 'hush' } } }))
  ).toEqual(masked)
  expect(
    driftOf(step('update', { old: { inputs: { password: { in: 'hush' } } }, new: { inputs: { password: SECRET } } }))
  ).toEqual(masked)
  expect(
    driftOf(
      step('update', {
        diffs: ['password'],
        old: { inputs: { password: SECRET } },
        new: { inputs: { password: SECRET } }
      })
    )
  ).toEqual(masked)
})

test('what is shown is bounded, and fit to be stored', () => {
  const [property] =
    driftOf(
      step('update', { old: { inputs: { text: 'a\u0000b' } }, new: { inputs: { text: ['x'.repeat(10_000)] } } })
    ) ?? []
  expect(property?.expected).toBe('ab')
  expect(String(property?.actual).length).toBeLessThanOrEqual(4096)
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`p${index}`, index]))
  expect(driftOf(step('update', { old: { inputs: many }, new: { inputs: {} } }))).toHaveLength(100)
})

test.each([
  ['a.b', 'a'],
  ['a[0].b', 'a'],
  ['["a.b"].c', 'a.b'],
  ['tags["x.y"]', 'tags'],
  ['', '']
])('the root of %j is %j', (path, root) => {
  expect(rootOf(path)).toBe(root)
})

test('a path names odd fields in brackets', () => {
  expect([fieldOf('', 'a'), fieldOf('a', 'b-c'), fieldOf('tags', 'aws:x'), fieldOf('', 'a.b')]).toEqual([
    'a',
    'a.b-c',
    'tags["aws:x"]',
    '["a.b"]'
  ])
})
