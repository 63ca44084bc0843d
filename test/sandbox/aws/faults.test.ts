import { describe, expect, it } from 'vitest'
import type { BorrowedCloud } from '../../support/aws/cloud.ts'
import { BUCKET, LOGS, ROLE, ROLE_POLICY, trust } from '../../support/aws/declare.ts'
import { connectProvider, type TestProvider } from '../../support/aws/provider.ts'
import { useCloud } from '../../support/aws/use-cloud.ts'

let cloud: BorrowedCloud
let provider: TestProvider
useCloud((lent) => { ({ cloud, provider } = lent) })

const logs = async (name: string): Promise<string> => (await provider.create(LOGS, 'logs', { name })).id

describe('a scripted fault', () => {
  it('fails the nth call of a type, in the words it was given', async () => {
    await cloud.control.addFault({
      kind: 'fail',
      on: 'create',
      type: LOGS,
      nth: 2,
      code: 'LimitExceededException',
      message: 'Resource limit exceeded.'
    })
    await logs('one')
    await provider.create(BUCKET, 'b', {})
    await expect(logs('two')).rejects.toThrow(
      new RegExp(
        'creating CloudWatch Logs Log Group \\(two\\): operation error CloudWatch Logs: CreateLogGroup, ' +
          'https response error StatusCode: 400, RequestID: [0-9a-f-]{36}, ' +
          'LimitExceededException: Resource limit exceeded\\.'
      )
    )
    await logs('two')
    expect(await cloud.control.faults()).toMatchObject([{ matched: 3, struck: 1 }])
  })

  it('acts only on the account and the names it was meant for', async () => {
    await cloud.control.addFault({
      kind: 'throttle',
      on: 'create',
      namePrefix: 'a-',
      account: '123456789012',
      count: 0
    })
    await logs('b-1')
    await expect(logs('a-1')).rejects.toThrow(
      /exceeded maximum number of attempts, 25, https response error StatusCode: 429, .*TooManyRequestsException/
    )
    await expect(logs('a-2')).rejects.toThrow(/TooManyRequestsException/)
    await cloud.control.clearFaults()
    await logs('a-2')
  })

  it('can lose the answer of something that happened', async () => {
    await cloud.control.addFault({ kind: 'fail', on: 'create', type: LOGS, at: 'response' })
    await expect(logs('lost')).rejects.toThrow(/StatusCode: 500, .*ServerException/)
    expect((await cloud.control.resources()).map(({ name }) => name)).toEqual(['lost'])
  })

  it('holds a call until it is taken back', async () => {
    const fault = await cloud.control.addFault({ kind: 'hang', on: 'create', type: LOGS })
    const held = logs('held')
    while ((await cloud.control.faults())[0]?.struck !== 1) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(await cloud.control.resources()).toEqual([])
    await cloud.control.clearFaults({ id: fault.id })
    expect(await held).toBe('held')
  })

  it('lets go of a call whose caller has gone, and nothing has happened', async () => {
    await cloud.control.addFault({ kind: 'hang', on: 'create', type: LOGS })
    const impatient = await connectProvider(cloud.grpcPort)
    const held = impatient.create(LOGS, 'logs', { name: 'held' }).catch((error: Error) => error)
    while ((await cloud.control.faults())[0]?.struck !== 1) await new Promise((resolve) => setTimeout(resolve, 10))
    impatient.abandon()
    expect(await held).toBeInstanceOf(Error)
    while ((await cloud.control.stats()).connections > 1) await new Promise((resolve) => setTimeout(resolve, 10))
    await cloud.control.clearFaults()
    expect(await cloud.control.resources()).toEqual([])
  })

  it('hides a new resource from reads and from what needs it', async () => {
    await cloud.control.addFault({ kind: 'hide', on: 'create', type: ROLE, reads: 2 })
    const role = await provider.create(ROLE, 'job', { name: 'job', assumeRolePolicy: trust('ecs-tasks.amazonaws.com') })
    const policy = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] })
    await expect(provider.create(ROLE_POLICY, 'access', { role: 'job', policy })).rejects.toThrow(/NoSuchEntity/)
    const reads = [
      await provider.read(ROLE, 'job', role.outputs),
      await provider.read(ROLE, 'job', role.outputs),
      await provider.read(ROLE, 'job', role.outputs)
    ]
    expect(reads.map(({ id }) => id)).toEqual(['', '', 'job'])
    await provider.create(ROLE_POLICY, 'access', { role: 'job', policy })
  })

  it('fails reads, deletes and functions too', async () => {
    await logs('one')
    await cloud.control.addFault({
      kind: 'fail',
      on: 'delete',
      code: 'OperationAbortedException',
      message: 'try again'
    })
    await cloud.control.addFault({ kind: 'fail', on: 'read', code: 'AccessDeniedException', message: 'no' })
    await cloud.control.addFault({
      kind: 'fail',
      on: 'invoke',
      type: 'aws:ec2/getVpc:getVpc',
      code: 'UnauthorizedOperation',
      message: 'no'
    })
    await expect(provider.remove(LOGS, 'one', { name: 'one' })).rejects.toThrow(
      /deleting urn:.*deleting CloudWatch Logs Log Group \(one\): .*OperationAbortedException: try again/s
    )
    await expect(provider.read(LOGS, 'one')).rejects.toThrow(/AccessDeniedException: no/)
    await expect(provider.invoke('aws:ec2/getVpc:getVpc', { default: true })).rejects.toThrow(
      /UnauthorizedOperation: no/
    )
  })
})
