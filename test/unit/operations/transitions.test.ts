import { describe, expect, test } from 'vitest'
import { hasEnded, phaseAfter } from '../../../src/operations/transitions.ts'

describe('The phase an operation leaves behind', () => {
  test.each([
    ['create', 'succeeded', false, 'ready'],
    ['create', 'failed', false, 'failed'],
    ['create', 'cancelled', false, 'failed'],
    ['delete', 'succeeded', true, 'deleted'],
    ['delete', 'failed', true, 'degraded'],
    ['delete', 'failed', false, 'failed'],
    ['delete', 'cancelled', true, 'degraded']
  ] as const)('after a %s that %s (ready before: %s) is %s', (kind, state, everReady, phase) => {
    expect(phaseAfter(kind, state, everReady)).toBe(phase)
  })

  test('is reached only by an operation that has ended', () => {
    expect(['queued', 'running'].map(state => hasEnded(state as 'queued'))).toEqual([false, false])
    expect(['succeeded', 'failed', 'cancelled'].map(state => hasEnded(state as 'failed'))).toEqual([true, true, true])
  })
})
