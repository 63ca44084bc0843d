import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { OPERATION_CODES, REQUEST_CODES, adviceFor, type OperationCode } from '../../src/error-codes.ts'

describe('The catalogue of codes', () => {
  test('and docs/errors.md name the same codes', async () => {
    const page = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')
    const documented = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code)
    expect(documented.toSorted()).toEqual([...Object.keys(REQUEST_CODES), ...Object.keys(OPERATION_CODES)].toSorted())
  })

  test('gives every code of a request an HTTP error status', () => {
    for (const { status } of Object.values(REQUEST_CODES)) {
      expect(status).toSatisfy((value: number) => value >= 400 && value < 600)
    }
  })

  test('says of every operation\'s code what to do next', () => {
    for (const code of Object.keys(OPERATION_CODES) as OperationCode[]) {
      expect(adviceFor(code, true)).toMatch(/^[A-Z].{20,}\.$/)
      expect(adviceFor(code, false)).not.toContain('/retry')
    }
  })
})
