import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Props } from '../../../../src/sandbox/aws/values.ts'
import { borrowCloud, type BorrowedCloud } from '../../../support/aws/cloud.ts'
import { LOGS } from '../../../support/aws/declare.ts'
import { connectProvider, type Created, type TestProvider } from '../../../support/aws/provider.ts'

const DEFAULTS = { region: 'us-east-1', defaultTags: JSON.stringify({ tags: { owner: 'batchyard' } }) }
const IGNORING = { ...DEFAULTS, ignoreTags: JSON.stringify({ keys: ['cost'], keyPrefixes: ['auto:'] }) }

let cloud: BorrowedCloud
let provider: TestProvider

beforeAll(async () => {
  cloud = await borrowCloud()
  return async () => cloud.end()
})
beforeEach(async () => {
  await cloud.control.reset()
  return () => { provider.close() }
})

const make = async (configuration: Props, args: Props = {}): Promise<Created> => {
  provider = await connectProvider(cloud.grpcPort, configuration)
  return provider.create(LOGS, 'logs', { name: 'one', tags: { a: '1' }, ...args })
}
const tagByHand = async (tags: Props): Promise<void> => {
  const [item] = await cloud.control.resources()
  await cloud.control.changeResource({ key: item?.key ?? '', properties: { tags } })
}
const read = async (made: Created): Promise<Created> => provider.read(LOGS, made.id, made.outputs, made.inputs)
const driftOf = async (made: Created): Promise<string[]> =>
  Object.keys((await provider.diff(LOGS, (await read(made)).outputs, made.inputs)).details).sort()

describe('tags written by hand', () => {
  it('are drift, among the resource\'s own and among all', async () => {
    const made = await make(DEFAULTS)
    await tagByHand({ cost: '7', a: '2' })
    expect((await read(made)).outputs).toMatchObject({
      tags: { a: '2', cost: '7' },
      tagsAll: { a: '2', cost: '7', owner: 'batchyard' }
    })
    expect((await read(made)).inputs).toMatchObject({
      tags: { a: '2', cost: '7' },
      tagsAll: { a: '2', cost: '7', owner: 'batchyard' }
    })
    expect(await driftOf(made)).toEqual(['tags.a', 'tags.cost', 'tagsAll.a', 'tagsAll.cost'])
  })

  it('are drift also when a default tag was taken away', async () => {
    const made = await make(DEFAULTS)
    await tagByHand({ owner: null })
    expect((await read(made)).outputs['tagsAll']).toEqual({ a: '1' })
    expect(await driftOf(made)).toEqual(['tagsAll.owner'])
  })
})

describe('tags the provider ignores', () => {
  it('are no drift, by key and by prefix, while others are', async () => {
    const made = await make(IGNORING)
    await tagByHand({ cost: '7', 'auto:scan': 'x' })
    expect((await read(made)).outputs).toEqual(made.outputs)
    expect((await read(made)).inputs).toEqual(made.inputs)
    expect(await driftOf(made)).toEqual([])
    await tagByHand({ costs: '7' })
    expect(await driftOf(made)).toEqual(['tags.costs', 'tagsAll.costs'])
  })

  it('are left alone by updates', async () => {
    const made = await make(IGNORING)
    await tagByHand({ cost: '7', other: 'x' })
    const { inputs } = await provider.check(LOGS, 'logs', { name: 'one', tags: { b: '2' } }, made.inputs)
    const updated = await provider.update(LOGS, made.id, made.outputs, inputs)
    expect(updated).toMatchObject({ tags: { b: '2' }, tagsAll: { b: '2', owner: 'batchyard' } })
    expect((await cloud.control.resources())[0]?.tags).toEqual({ b: '2', owner: 'batchyard', cost: '7' })
  })

  it('are no change of the program\'s when they were written before it ignored them', async () => {
    const made = await make(DEFAULTS, { tags: { a: '1', cost: '7' } })
    provider.close()
    provider = await connectProvider(cloud.grpcPort, IGNORING)
    const { inputs } = await provider.check(LOGS, 'logs', { name: 'one', tags: { a: '1' } }, made.inputs)
    expect((await provider.diff(LOGS, made.outputs, inputs)).details).toEqual({})
  })
})
