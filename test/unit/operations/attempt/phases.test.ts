import { describe, expect, test } from 'vitest'
import {
  hasEnded, isDrifted, isReal, phaseAfterOperation, phaseAfter
} from '../../../../src/operations/attempt/phases.ts'
import type { EnvironmentRow } from '../../../../src/store/tables.ts'

const OUTPUTS = { ecs_cluster_name: 'c', job_queue_name: 'q', job_definition_arn: 'arn' }

/** An environment as far as these decisions look at it. */
function environment (values: Partial<EnvironmentRow> = {}): EnvironmentRow {
  const at = new Date()
  return {
    id: 'env_1',
    team: 'vision',
    name: 'training',
    cloud: 'sandbox',
    phase: 'ready',
    generation: 1,
    observed_generation: 1,
    placement: { region: 'eu-central-1' },
    spec: { team: 'vision', name: 'training', jobs: {} },
    resolved: {} as EnvironmentRow['resolved'],
    outputs: OUTPUTS,
    conditions: [],
    created_at: at,
    updated_at: at,
    deleted_at: null,
    ...values
  }
}

describe('The phase an operation leaves behind', () => {
  test.each([
    ['create', 'succeeded', false, 'ready'],
    ['create', 'failed', false, 'failed'],
    ['create', 'cancelled', false, 'failed'],
    ['update', 'succeeded', true, 'ready'],
    ['update', 'succeeded', false, 'ready'],
    ['update', 'failed', true, 'degraded'],
    ['update', 'failed', false, 'failed'],
    ['update', 'cancelled', true, 'degraded'],
    ['delete', 'succeeded', true, 'deleted'],
    ['delete', 'failed', true, 'degraded'],
    ['delete', 'failed', false, 'failed'],
    ['delete', 'cancelled', true, 'degraded']
  ] as const)('after a %s that %s (ready before: %s) is %s', (kind, state, everReady, phase) => {
    expect(phaseAfter(kind, state, everReady)).toBe(phase)
  })

  test('is reached only by an operation that has ended', () => {
    expect(['queued', 'running'].map((state) => hasEnded(state as 'queued'))).toEqual([false, false])
    expect(['succeeded', 'failed', 'cancelled'].map((state) => hasEnded(state as 'failed'))).toEqual([true, true, true])
  })
})

describe('What an operation makes of its environment', () => {
  test('that changed nothing is what it was: ready, degraded (spec not real), failed (never real)', () => {
    const deleting = { kind: 'delete', input: {} } as const
    const failed = { state: 'failed', nothingChanged: true } as const
    expect(phaseAfterOperation(deleting, environment({ phase: 'deleting' }), failed)).toEqual({ phase: 'ready' })
    for (const values of [{ generation: 2 }, { outputs: null }]) {
      expect(phaseAfterOperation(deleting, environment({ phase: 'deleting', ...values }), failed)).toEqual({
        phase: 'degraded'
      })
    }
    const degraded = { kind: 'delete', input: { degraded: true } } as const
    expect(phaseAfterOperation(degraded, environment({ phase: 'deleting' }), failed)).toEqual({ phase: 'degraded' })
    expect(
      phaseAfterOperation(
        { kind: 'create', input: {} },
        environment({ phase: 'creating', observed_generation: null, outputs: null }),
        { state: 'cancelled', nothingChanged: true }
      )
    ).toEqual({ phase: 'failed' })
  })

  test('that is a delete takes the outputs, however it ends', () => {
    for (const state of ['succeeded', 'failed', 'cancelled'] as const) {
      const end = { state, nothingChanged: false }
      expect(phaseAfterOperation({ kind: 'delete', input: {} }, environment(), end)).toMatchObject({ outputs: null })
    }
    const failed = { state: 'failed', nothingChanged: false } as const
    expect(phaseAfterOperation({ kind: 'update', input: {} }, environment({ generation: 2 }), failed)).toEqual({
      phase: 'degraded'
    })
  })
})

describe('An environment', () => {
  test('is what its spec says when it is ready and no other generation was asked for since', () => {
    expect(isReal(environment())).toBe(true)
    for (const other of [
      { generation: 2 },
      { phase: 'degraded' },
      { phase: 'deleted' },
      { observed_generation: null }
    ] as const) { expect(isReal(environment(other))).toBe(false) }
  })

  test('has drifted when its newest check found something', () => {
    const condition = { type: 'Drifted', status: true, since: '2026-01-01T00:00:00Z', reason: '' }
    expect(
      [[], [condition], [{ ...condition, status: false }], [{ ...condition, type: 'Other' }]].map((conditions) =>
        isDrifted(environment({ conditions }))
      )
    ).toEqual([false, true, false, false])
  })
})
