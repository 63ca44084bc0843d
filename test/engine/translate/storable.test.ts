import { describe, expect, test } from 'vitest'
import type { EngineEvent } from '../../../src/schemas/event.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { failureOf, withEngine } from '../../support/engine/harness.ts'

const WORDS = 'odd \u0000words\u001b[31m 😀'

describe.each(await enginesPresent())(
  'what the database refuses does not leave the fixture on the $kind engine',
  (executable) => {
    test('neither in outputs, nor in an event, nor in an error of the cloud or the program', async () => {
      await withEngine(executable, async ({ up, provider }) => {
        expect(await up('env', { says: { text: WORDS, deep: [{ text: WORDS }] } })).toMatchObject({
          outputs: { text: 'odd words 😀', deep: [{ text: 'odd words 😀' }] }
        })
        expect(await failureOf(up('env', { throws: `${WORDS} \ud83d` }, { deadlineSeconds: 60 }))).toMatchObject({
          code: 'program-failed',
          detail: 'odd words 😀 \ufffd'
        })
        provider.fail('Create', 'b', `${'x'.repeat(979)}\u0000${'😀'.repeat(3_000)}`)
        const events: EngineEvent[] = []
        const error = await failureOf(up('env', { things: ['b'] }, { events }))
        expect(error).toMatchObject({ code: 'cloud-rejected', resource: { name: 'b' } })
        for (const text of [
          ...events.flatMap((event) => (event.type === 'diagnostic' ? event.message : [])),
          error.detail
        ]) {
          expect(text.isWellFormed()).toBe(true)
          expect(text).not.toContain('\u0000')
        }
      })
    })
  }
)
