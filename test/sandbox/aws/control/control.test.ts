import { describe, expect, it } from 'vitest'
import type { BorrowedCloud } from '../../../support/aws/cloud.ts'
import { BUCKET, COMPUTE, LOGS, compute } from '../../../support/aws/declare.ts'
import { connectProvider, type TestProvider } from '../../../support/aws/provider.ts'
import { useCloud } from '../../../support/aws/use-cloud.ts'

let cloud: BorrowedCloud
let provider: TestProvider
useCloud((lent) => { ({ cloud, provider } = lent) })

describe('the control API', () => {
  it('lists by account, region, type, tag and name', async () => {
    await provider.create(LOGS, 'logs', { name: 'one', tags: { team: 'a' } })
    const west = await connectProvider(cloud.grpcPort, {
      region: 'us-west-2',
      defaultTags: JSON.stringify({ tags: { team: 'b' } })
    })
    await west.create(LOGS, 'logs', { name: 'two' })
    west.close()
    const names = async (filter: object) => (await cloud.control.resources(filter)).map(({ name }) => name)
    expect(await names({})).toEqual(['one', 'two'])
    expect(await names({ tag: 'team' })).toEqual(['one', 'two'])
    expect(await names({ tag: 'team=b' })).toEqual(['two'])
    expect(await names({ region: 'us-east-1' })).toEqual(['one'])
    expect(await names({ type: BUCKET })).toEqual([])
    expect(await names({ account: '999999999999' })).toEqual([])
    const builtIn = await cloud.control.resources({ builtIn: true, account: '123456789012', region: 'eu-west-1' })
    expect(builtIn.map(({ type }) => type.split(':').at(-1))).toEqual([
      'Vpc',
      'Subnet',
      'Subnet',
      'Subnet',
      'SecurityGroup'
    ])
  })

  it('changes and deletes behind everybody\'s back, and a read shows it', async () => {
    const made = await provider.create(LOGS, 'logs', { name: 'one', retentionInDays: 30, tags: { a: '1' } })
    const [item] = await cloud.control.resources()
    await cloud.control.changeResource({ key: item?.key ?? '', properties: { retentionInDays: 7, tags: { b: '2' } } })
    const seen = await provider.read(LOGS, 'one', made.outputs, made.inputs)
    expect(seen.inputs).toMatchObject({ retentionInDays: 7, tags: { a: '1', b: '2' } })
    expect((await provider.diff(LOGS, seen.outputs, made.inputs)).diffs.sort()).toEqual([
      'retentionInDays',
      'tags',
      'tagsAll'
    ])
    await cloud.control.deleteResource({ key: item?.key ?? '' })
    expect((await provider.read(LOGS, 'one', made.outputs, made.inputs)).id).toBe('')
    const gone = cloud.control.resource({ key: item?.key ?? '' })
    await expect(gone).rejects.toMatchObject({ name: 'ControlError', status: 404 })
    await expect(cloud.control.setSpeed({ speed: -1 })).rejects.toMatchObject({ status: 400 })
  })

  it('finishes a create whose engine has gone, as AWS would', async () => {
    await cloud.control.setSpeed({ speed: 0.02 })
    const engine = await connectProvider(cloud.grpcPort)
    const creating = compute(engine, 'ce').catch((error: Error) => error)
    while ((await cloud.control.resources({ type: COMPUTE })).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    engine.abandon()
    expect(await creating).toBeInstanceOf(Error)
    while ((await cloud.control.resources({ type: COMPUTE }))[0]?.status !== 'VALID') {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await cloud.control.setSpeed({ speed: 0 })
  })
})
