import { access, readFile } from 'node:fs/promises'
import { getPriority } from 'node:os'
import { describe, expect, test } from 'vitest'
import { pause } from '../../../src/host-processes.ts'
import { startRunner } from '../../../src/engine/runner/runner-process.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { withEngine } from '../../support/engine/harness.ts'

const NICE = 5
const weighsSessions = await access('/proc/self/autogroup').then(() => true, () => false)

async function sessionOf (pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/autogroup`, 'utf8')).trim()
}

/**
 * The session once it has its new weight, or after long enough: without privileges sessions get theirs one after the
 * other.
 */
async function lowered (pid: number, patience = 100): Promise<string> {
  const session = await sessionOf(pid)
  if (session.endsWith(`nice ${NICE}`) || patience === 0) return session
  await pause(50)
  return lowered(pid, patience - 1)
}

describe.each(await enginesPresent())('while the $kind engine runs', (executable) => {
  test('it and its session wait where the service needs the processor', async () => {
    await withEngine(executable, async ({ up }) => {
      const seen: Array<{ priority: number, session: string }> = []
      await up(
        'env',
        { things: ['a'] },
        {
          onEngineStarted: async ({ pid }) => {
            seen.push({ priority: getPriority(pid), session: weighsSessions ? await lowered(pid) : '' })
          }
        }
      )
      expect(seen.map(({ priority }) => priority)).toEqual([NICE, NICE])
      if (weighsSessions) for (const { session } of seen) expect(session).toContain(`nice ${NICE}`)
    })
  })
})

test('so does a runner and its session', async () => {
  const runner = startRunner({ memoryMiB: 192, preload: [], compileCache: '' })
  try {
    await runner.ready
    const { pid = 0 } = runner
    expect(getPriority(pid)).toBe(NICE)
    if (weighsSessions) expect(await lowered(pid)).toContain(`nice ${NICE}`)
  } finally {
    runner.kill()
    await runner.ended
  }
})
