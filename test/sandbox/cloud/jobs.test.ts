import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ClosableCloud } from '../../../src/cloud/index.ts'
import { callsTo, HOME } from '../../support/aws/calls.ts'
import { borrowCloud, type BorrowedCloud } from '../../support/aws/cloud.ts'
import { BUCKET, COMPUTE, QUEUE, compute, queue } from '../../support/aws/declare.ts'
import { connectProvider, type Created, type TestProvider } from '../../support/aws/provider.ts'

let cloud: BorrowedCloud
let calls: ClosableCloud
let provider: TestProvider
let environment: Created
let first: Created
let second: Created

beforeAll(async () => {
  cloud = await borrowCloud()
  calls = callsTo(cloud)
  return async () => {
    await calls.close()
    await cloud.end()
  }
})
beforeEach(async () => {
  await cloud.control.reset()
  await cloud.control.setSpeed({ speed: 0 })
  provider = await connectProvider(cloud.grpcPort)
  environment = await compute(provider, 'compute')
  first = await queue(provider, 'first', environment)
  second = await queue(provider, 'second', environment)
  return () => { provider.close() }
})

const options = (signal = new AbortController().signal) => ({ reason: 'The environment is deleted', signal })
const both = (): string[] => [first.id, second.id]
const stateOf = async ({ id }: Created): Promise<unknown> =>
  (await cloud.control.resources({ type: QUEUE })).find((item) => item.id === id)?.properties['state']
const callsOf = async (operation: string): Promise<number> =>
  (await cloud.control.stats()).calls[`Batch:${operation}`] ?? 0
const removeQueues = async (): Promise<void> => {
  for (const each of [second, first]) await provider.remove(QUEUE, each.id, each.outputs)
}

describe('the jobs of queues', () => {
  it('are counted in every status before their end, over all pages', async () => {
    expect(await calls.activeJobs(HOME, both())).toEqual({ count: 0, running: 0 })
    await cloud.control.submitJobs({ queue: first.id, count: 230, status: 'RUNNABLE' })
    for (const status of ['SUBMITTED', 'PENDING', 'STARTING', 'SUCCEEDED', 'FAILED'] as const) {
      await cloud.control.submitJobs({ queue: first.id, status })
    }
    await cloud.control.submitJobs({ queue: second.id, count: 2 })
    expect(await calls.activeJobs(HOME, both())).toEqual({ count: 235, running: 2 })
    expect(await calls.activeJobs(HOME, [second.id])).toEqual({ count: 2, running: 2 })
  })

  it('are none where there is no queue', async () => {
    expect(await calls.activeJobs(HOME, [])).toEqual({ count: 0, running: 0 })
    expect(await calls.activeJobs(HOME, ['arn:aws:batch:us-east-1:123456789012:job-queue/missing'])).toEqual({
      count: 0,
      running: 0
    })
    expect(await calls.drain(HOME, ['arn:aws:batch:us-east-1:123456789012:job-queue/missing'], options())).toBe(0)
  })

  it('are refused by a queue that is disabled, and taken again once it is enabled', async () => {
    const { signal } = new AbortController()
    await calls.setQueues(
      HOME,
      [...both(), 'arn:aws:batch:us-east-1:123456789012:job-queue/missing'],
      { state: 'DISABLED', signal }
    )
    await expect(cloud.control.submitJobs({ queue: first.id })).rejects.toThrow(/DISABLED/)
    await calls.setQueues(HOME, both(), { state: 'ENABLED', signal })
    await cloud.control.submitJobs({ queue: first.id })
    expect(await calls.activeJobs(HOME, both())).toEqual({ count: 1, running: 1 })
  })

  it('are ended when the queues are drained, with the reason, and the queues take no more', async () => {
    for (const status of ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED'] as const) {
      await cloud.control.submitJobs({ queue: first.id, count: 3, status })
    }
    await cloud.control.submitJobs({ queue: second.id })
    const before = [await callsOf('CancelJob'), await callsOf('TerminateJob')]
    expect(await calls.drain(HOME, both(), options())).toBe(16)
    expect([
      (await callsOf('CancelJob')) - Number(before[0]),
      (await callsOf('TerminateJob')) - Number(before[1])
    ]).toEqual([9, 7])
    expect(await calls.activeJobs(HOME, both())).toEqual({ count: 0, running: 0 })
    const ended = (await cloud.control.jobs({ status: 'FAILED' }))
    expect(new Set(ended.map(({ reason }) => reason))).toEqual(new Set(['The environment is deleted']))
    expect(await cloud.control.jobs({ status: 'SUCCEEDED' })).toHaveLength(3)
    expect([await stateOf(first), await stateOf(second)]).toEqual(['DISABLED', 'DISABLED'])
    await expect(cloud.control.submitJobs({ queue: first.id })).rejects.toThrow(/DISABLED/)
    await removeQueues()
    await provider.remove(COMPUTE, environment.id, environment.outputs)
  })

  it('are waited for while their containers stop', async () => {
    await cloud.control.setSpeed({ speed: 0.03 })
    await cloud.control.submitJobs({ queue: first.id, count: 2 })
    const draining = calls.drain(HOME, both(), options())
    expect(await draining).toBe(2)
    expect(await calls.activeJobs(HOME, both())).toEqual({ count: 0, running: 0 })
  })

  it('are terminated when they got their container after they were cancelled', async () => {
    const [job] = await cloud.control.submitJobs({ queue: first.id, status: 'RUNNABLE' })
    const terminated = await callsOf('TerminateJob')
    // The call takes its time, and the job moves on meanwhile.
    await cloud.control.addFault({ kind: 'slow', on: 'delete', type: 'aws:batch/job:Job', seconds: 0.3 })
    const draining = calls.drain(HOME, both(), options())
    while ((await cloud.control.faults())[0]?.struck !== 1) await new Promise((resolve) => setTimeout(resolve, 5))
    await cloud.control.changeJob({ id: job?.id ?? '', status: 'RUNNING' })
    expect(await draining).toBe(1)
    expect(await callsOf('TerminateJob')).toBe(terminated + 1)
    expect((await cloud.control.jobs())[0]?.status).toBe('FAILED')
  })

  it('are not waited for any longer when the drain is aborted', async () => {
    await cloud.control.setSpeed({ speed: 1 })
    await cloud.control.submitJobs({ queue: first.id })
    const control = new AbortController()
    const draining = calls.drain(HOME, both(), options(control.signal))
    while ((await cloud.control.jobs())[0]?.reason === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
    control.abort()
    await expect(draining).rejects.toMatchObject({ name: 'CloudFailure', code: 'cancelled' })
  })

  it('drain also while AWS still changes the queue', async () => {
    await cloud.control.setSpeed({ speed: 0.05 })
    const updating = provider.update(QUEUE, first.id, first.outputs, { ...first.inputs, priority: 7 })
    while ((await cloud.control.resources({ type: QUEUE }))[0]?.status !== 'updating') {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(await calls.drain(HOME, [first.id], options())).toBe(0)
    await updating
    expect(await stateOf(first)).toBe('DISABLED')
  })
})

describe('what AWS does with jobs nobody ended', () => {
  it('makes a compute environment INVALID that is deleted while they run in it, until they have ended', async () => {
    await cloud.control.submitJobs({ queue: first.id, count: 2 })
    await removeQueues()
    expect(await cloud.control.jobs({ status: 'RUNNING' })).toHaveLength(2)
    await expect(provider.remove(COMPUTE, environment.id, environment.outputs)).rejects.toThrow(
      /unexpected state 'INVALID', wanted target 'DELETED'/
    )
    expect((await cloud.control.resources({ type: COMPUTE }))[0]?.status).toBe('INVALID')
    while ((await cloud.control.jobs({ status: 'RUNNING' })).length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect((await cloud.control.jobs())[0]?.reason).toBe('JobQueue deleted')
    await provider.remove(COMPUTE, environment.id, environment.outputs)
    expect(await cloud.control.resources({ type: COMPUTE })).toEqual([])
  })

  it('minds no jobs that only wait', async () => {
    await cloud.control.submitJobs({ queue: first.id, count: 2, status: 'RUNNABLE' })
    await removeQueues()
    await provider.remove(COMPUTE, environment.id, environment.outputs)
  })

  it('remembers them when its process is killed, also after its journal was rewritten', async () => {
    const [job] = await cloud.control.submitJobs({ queue: first.id })
    await provider.create(BUCKET, 'b', { bucket: 'big' })
    await cloud.control.putObjects({
      bucket: 'big',
      objects: Array.from({ length: 25_000 }, (_, index) => ({ key: `${index}/${'x'.repeat(200)}`, size: 1 }))
    })
    await cloud.control.submitJobs({ queue: second.id, status: 'PENDING' })
    process.kill((await cloud.cloud.ensure()).pid, 'SIGKILL')
    expect(await calls.activeJobs(HOME, both())).toEqual({ count: 2, running: 1 })
    expect(await cloud.control.jobs({ status: 'RUNNING' })).toEqual([job])
  })
})
