import { beforeAll, expect, test } from 'vitest'
import { findEngine, type EngineExecutable } from '../../../src/engine/index.ts'
import type { OperationErrorData } from '../../../src/errors.ts'
import { failureOf, reached, withEngine, type RunOptions } from '../../support/engine/harness.ts'
import type { Behaviour } from '../../support/engine/programs.ts'

let sandbox: EngineExecutable

beforeAll(async () => {
  sandbox = await findEngine({ engine: 'sandbox', cloud: 'sandbox', path: '' })
})

/** Runs a program that fails while another is in the middle of a create, and returns how it failed. */
async function failBeside (behaviour: Behaviour, options: RunOptions<'up'> = {}): Promise<OperationErrorData> {
  const failures: OperationErrorData[] = []
  await withEngine(sandbox, async ({ up, provider }) => {
    const gate = provider.hold('Create', 'held')
    const beside = up('beside', { things: ['held', 'other'] })
    await reached(gate, beside)
    failures.push(await failureOf(up('failing', behaviour, options)))
    gate.release()
    expect(await beside).toMatchObject({
      resources: 2,
      outputs: { arns: [expect.stringContaining('arn:test:'), expect.stringContaining('arn:test:')] }
    })
    // The place in the pool is free again and works.
    expect(await up('next', { things: ['one'] })).toMatchObject({ resources: 1 })
  })
  const [failure] = failures
  if (failure === undefined) throw new Error('the program beside did not run through')
  return failure
}

test('a program that throws fails its own run with its own words, and the one beside it never notices', async () => {
  expect(await failBeside({ things: ['mine'], throws: 'no such shape' })).toMatchObject({
    code: 'program-failed',
    detail: 'no such shape'
  })
})

test('a refusal of a program carries the code it begins with', async () => {
  expect(await failBeside({ throws: '[default-vpc-missing] eu-west-1 has no default VPC' }))
    .toMatchObject({ code: 'default-vpc-missing', detail: 'eu-west-1 has no default VPC', retryable: false })
})

test('a program that rejects unhandled fails its own run, and the one beside it never notices', async () => {
  expect(await failBeside({ things: ['mine'], rejects: 'nobody awaited me' })).toMatchObject({
    code: 'program-failed',
    detail: 'nobody awaited me'
  })
})

test('a program that rejects unhandled in a later run of its runner does not fail that run', async () => {
  await withEngine(sandbox, async ({ up, provider }) => {
    const gate = provider.hold('Create', 'slow')
    await up('early', { rejectsLater: 'late' })
    // With a concurrency of one the same runner takes the next run, in which the first one's promise rejects.
    const next = up('next', { things: ['slow'] })
    await reached(gate, next)
    gate.release()
    expect(await next).toMatchObject({ resources: 1 })
  }, { concurrency: 1 })
})

test('a program that waits for ever fails at its deadline, and the one beside it never notices', async () => {
  expect(await failBeside({ hangs: true }, { deadlineSeconds: 6 })).toMatchObject({
    code: 'deadline-exceeded',
    retryable: true
  })
})

test('a program in an endless loop fails at its deadline, and the one beside it never notices', async () => {
  expect(await failBeside({ spins: true }, { deadlineSeconds: 4 })).toMatchObject({ code: 'deadline-exceeded' })
})

test('a program that exhausts its memory fails its own run with that reason, and no other run', async () => {
  expect(await failBeside({ hoards: true })).toMatchObject({ code: 'runner-out-of-memory' })
})
