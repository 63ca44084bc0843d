import { describe, expect, test } from 'vitest'
import { operationError, type OperationErrorData } from '../../../../src/errors.ts'
import { presentOperation } from '../../../../src/operations/reads/present.ts'
import type { OperationKind } from '../../../../src/schemas/operation.ts'
import type { OperationRow } from '../../../../src/store/tables.ts'

function errorOf (kind: OperationKind, error: OperationErrorData) {
  const now = new Date(0)
  const row = {
    id: 'op_1',
    serial: 1,
    environment_id: null,
    team: 'vision',
    kind,
    state: 'failed',
    generation: 1,
    attempt: 1,
    worker: null,
    lease_until: null,
    engine: null,
    input: {},
    result: null,
    retry_of: null,
    retries: 0,
    retry_at: null,
    progress_done: 0,
    progress_total: null,
    error,
    request_id: null,
    last_event: 0,
    recorded: 0,
    created_at: now,
    queued_at: now,
    started_at: now,
    cancel_requested_at: null,
    finished_at: now,
    events_pruned: false
  } as OperationRow
  return presentOperation(row).error
}

describe('The error of an operation', () => {
  const RETRY = 'Retry it with POST /operations/{id}/retry, it carries on from the state; or delete the environment.'

  test('is shown with the title and the advice of its code', () => {
    const resource = { urn: 'urn:pulumi:env::batchyard::t::n', type: 't', name: 'n' }
    expect(errorOf('create', operationError('throttled', 'slow down', { resource, cloudRequestId: 'r-1' }))).toEqual({
      type: 'urn:batchyard:problem:throttled',
      title: 'The cloud throttled the calls',
      detail: 'slow down',
      code: 'throttled',
      retryable: true,
      transient: true,
      next: `Wait a few minutes. ${RETRY}`,
      resource,
      cloudRequestId: 'r-1'
    })
  })

  test('advises to ask again where the operation changes nothing', () => {
    for (const kind of ['preview', 'drift-check'] as const) {
      expect(errorOf(kind, operationError('throttled', 'slow down'))).toMatchObject({
        next: 'Wait a few minutes. Ask for a new one.'
      })
    }
  })

  test('advises otherwise where the bucket was written to during the delete', () => {
    const error = operationError('bucket-not-empty', 'b', { situation: 'written-during-delete' })
    expect(errorOf('delete', error)?.next).toMatch(/^Objects were written while/)
    expect(errorOf('delete', operationError('bucket-not-empty', 'b'))?.next).toMatch(/Nothing was torn down\.$/)
  })

  test('is shown with the advice that an earlier version stored, but for a retry of what cannot be retried', () => {
    const stored = { ...operationError('bucket-not-empty', 'b'), next: 'Objects were written.', title: 'The bucket' }
    expect(errorOf('delete', stored)).toMatchObject({
      title: 'The bucket holds objects',
      next: 'Objects were written.'
    })
    const preview = { ...operationError('cancelled', 'c'), next: RETRY }
    expect(errorOf('preview', preview)).toMatchObject({ next: 'Ask for a new one.' })
  })

  test('is cleaned and bounded when it is made', () => {
    const error = operationError('cloud-rejected', `a\u0000b\u001b[31m ${'x'.repeat(20_000)}`, {
      cloudRequestId: 'id\u0000',
      resource: { urn: '\ud83d', type: 't\u0000', name: 'n' }
    })
    expect(error).toMatchObject({ cloudRequestId: 'id', resource: { urn: '\ufffd', type: 't', name: 'n' } })
    expect(error.detail).toMatch(/^ab x+…$/)
    expect(error.detail).toHaveLength(12_000)
    expect(operationError('cancelled', '\u0000').detail).toBe('The operation was cancelled')
  })
})
