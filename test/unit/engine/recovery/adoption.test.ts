import { expect, test } from 'vitest'
import { isSound } from '../../../../src/engine/state/checkpoint.ts'
import {
  needsRefresh, pendingCreates, pendingLookUps, settlePendingOperations
} from '../../../../src/engine/recovery/adoption.ts'
import { REVISIONED_TYPES } from '../../../../src/spec/resource-types.ts'
import { listOf, recordOf } from '../../../../src/engine/json.ts'

type Entry = Record<string, unknown>

const urn = (name: string): string => `urn:pulumi:env::batchyard::aws:s3/bucket:Bucket::${name}`
const entry = (name: string, more: Entry = {}): Entry => ({
  urn: urn(name),
  type: 'aws:s3/bucket:Bucket',
  custom: true,
  provider: 'urn:p::uuid',
  inputs: { bucket: name },
  ...more
})
const there = (name: string, more: Entry = {}): Entry =>
  entry(name, { id: `${name}-1`, outputs: { bucket: name, arn: 'a' }, ...more })
const stack = { urn: 'urn:stack', type: 'pulumi:pulumi:Stack', custom: false }
const provider = { urn: 'urn:p', type: 'pulumi:providers:aws', custom: true, id: 'uuid' }

const deploymentOf = (resources: Entry[], ...pending: Array<[string, Entry]>) => ({
  manifest: { version: 'v3.260.0' },
  resources: [stack, provider, ...resources],
  pending_operations: pending.map(([type, resource]) => ({ type, resource }))
})

function settled (deployment: ReturnType<typeof deploymentOf>, located: Record<string, string> = {}) {
  const { deployment: after, adopted } = settlePendingOperations(
    deployment,
    new Map(Object.entries(located).map(([name, id]) => [urn(name), id])),
    REVISIONED_TYPES
  )
  const resources = listOf(after.resources).map(recordOf)
  expect(after).not.toHaveProperty('pending_operations')
  expect(after).toHaveProperty('manifest')
  expect(isSound(resources)).toBe(true)
  return { resources: resources.slice(2), adopted }
}

test('a create that was found enters the state with its inputs as outputs; one that was not is dropped', () => {
  const deployment = deploymentOf(
    [there('a')],
    ['creating', entry('b', { dependencies: [urn('a')], inputs: { bucket: 'b', __defaults: [] } })],
    ['creating', entry('c')]
  )
  const { resources, adopted } = settled(deployment, { b: 'b-7' })
  expect(resources).toEqual([
    there('a'),
    expect.objectContaining({
      urn: urn('b'),
      id: 'b-7',
      inputs: { bucket: 'b', __defaults: [] },
      outputs: { bucket: 'b' }
    })
  ])
  expect(resources.map(needsRefresh)).toEqual([false, true])
  expect(adopted).toEqual([urn('b')])
})

test('what is in the state already, whatever its URN, is not taken in a second time', () => {
  expect(settled(deploymentOf([there('a')], ['creating', entry('a')]), { a: 'a-1' })).toEqual({
    resources: [there('a')],
    adopted: []
  })
  expect(settled(deploymentOf([there('old', { id: 'x' })], ['creating', entry('new')]), { new: 'x' })).toEqual({
    resources: [there('old', { id: 'x' })],
    adopted: []
  })
  const twice = settled(
    deploymentOf([], ['creating', entry('a', { inputs: { n: 1 } })], ['creating', entry('a', { inputs: { n: 2 } })]),
    { a: 'a-1' }
  )
  expect(twice.resources).toMatchObject([{ id: 'a-1', inputs: { n: 2 } }])
})

test('the new half of a replacement takes the place of the old resource, which is deleted later', () => {
  const after = [there('follows', { dependencies: [urn('a')] })]
  const { resources } = settled(deploymentOf([there('a'), ...after], ['creating', entry('a')]), { a: 'a-2' })
  expect(resources).toMatchObject([{ id: 'a-2' }, { id: 'a-1', delete: true }, ...after])
  expect(settled(deploymentOf([there('a'), ...after], ['creating', entry('a')])).resources).toEqual([
    there('a'),
    ...after
  ])
})

test('what was deleted to be replaced leaves when its replacement was found, and waits on when not', () => {
  const gone = there('a', { pendingReplacement: true })
  expect(settled(deploymentOf([gone, there('b')], ['creating', entry('a')]), { a: 'a-2' }).resources).toMatchObject([
    { id: 'a-2' },
    { id: 'b-1' }
  ])
  expect(settled(deploymentOf([gone, there('b')], ['creating', entry('a')])).resources).toEqual([gone, there('b')])
})

test('an adopted resource stands behind all that it refers to', () => {
  const { resources } = settled(
    deploymentOf([there('a'), there('b'), there('c')], ['creating', entry('a', { parent: urn('b') })]),
    { a: 'a-2' }
  )
  expect(resources.map(({ id }) => id)).toEqual(['a-1', 'b-1', 'a-2', 'c-1'])
  const last = settled(deploymentOf([there('a'), there('b')], ['creating', entry('a', { dependencies: [urn('b')] })]), {
    a: 'a-2'
  })
  expect(last.resources.map(({ id }) => id)).toEqual(['a-1', 'b-1', 'a-2'])
})

test('what was being updated or deleted stays and is to be read, of two with one URN the right one', () => {
  const deployment = deploymentOf([there('a'), there('b', { id: 'b-2' }), there('b', { delete: true }), there('c')],
    ['updating', there('a', { inputs: { n: 2 } })], ['deleting', there('b', { delete: true })], ['reading', there('c')])
  const { resources, adopted } = settled(deployment)
  expect(resources.map((resource) => [resource.id, needsRefresh(resource)])).toEqual([
    ['a-1', true],
    ['b-2', false],
    ['b-1', true],
    ['c-1', false]
  ])
  expect(resources[0]).toMatchObject({ inputs: { bucket: 'a' } })
  expect(adopted).toEqual([])
})

test('pending components and providers are dropped without being looked up', () => {
  const component = { urn: 'urn:c', type: 'batchyard:Compute', custom: false }
  const other = { urn: 'urn:q', type: 'pulumi:providers:aws', custom: true }
  const deployment = deploymentOf([], ['creating', component], ['creating', other], ['updating', other])
  expect(pendingCreates(deployment)).toEqual([])
  expect(settled(deployment)).toEqual({ resources: [], adopted: [] })
})

test('who looks a resource up sees its inputs without the secrets, which stay encrypted in the state', () => {
  const secret = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', ciphertext: 'v1:x:y' }
  const inputs = { name: 'a', key: secret, nested: { list: [secret, 'b'], deep: { key: secret } } }
  const deployment = deploymentOf([], ['creating', entry('a', { inputs })])
  expect(pendingCreates(deployment)).toEqual([
    { urn: urn('a'), type: 'aws:s3/bucket:Bucket', inputs: { name: 'a', nested: { list: ['b'], deep: {} } } }
  ])
  expect(settled(deployment, { a: 'x' }).resources).toMatchObject([{ inputs, outputs: inputs }])
})

test('one that the cloud knows by an ARN has it among its outputs, because some Reads go by that', () => {
  const arn = 'arn:aws:ecs:us-east-1:123456789012:task-definition/b:7'
  expect(settled(deploymentOf([], ['creating', entry('b', { inputs: { family: 'b' } })]), { b: arn }).resources)
    .toMatchObject([{ id: arn, outputs: { family: 'b', arn } }])
})

test('what was being updated is to be read, also where the engine did not note which it was', () => {
  const reordered = there('a', { id: 'a-0', delete: true })
  for (const id of ['a-1', undefined]) {
    const { resources } = settled(deploymentOf([there('a'), reordered], ['updating', entry('a', { id })]))
    expect(resources.map(needsRefresh)).toEqual([true, false])
  }
})

test('a definition whose update was killed is read by its newest revision', () => {
  const definition = there('a', { type: 'aws:batch/jobDefinition:JobDefinition', outputs: { arn: 'd:1' } })
  const deployment = deploymentOf([definition], ['updating', { ...definition, id: undefined, inputs: { name: 'd' } }])
  expect(pendingLookUps(deployment, REVISIONED_TYPES)).toMatchObject([{ urn: urn('a'), inputs: { name: 'd' } }])
  expect(pendingCreates(deployment)).toEqual([])
  const { resources, adopted } = settled(deployment, { a: 'd:2' })
  expect([resources[0]?.outputs, needsRefresh(resources[0] ?? {}), adopted]).toEqual([{ arn: 'd:2' }, true, []])
  expect(settled(deployment).resources[0]?.outputs).toEqual({ arn: 'd:1' })
})

test('a replacement of the same name takes the place of what was deleted before it', () => {
  const gone = there('a', { pendingReplacement: true })
  expect(settled(deploymentOf([gone], ['creating', entry('a')]), { a: 'a-1' })).toMatchObject({
    resources: [{ id: 'a-1' }],
    adopted: [urn('a')]
  })
})
