import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startRunner } from '../../../src/engine/runner/runner-process.ts'

const PROGRAM = new URL('../../../src/stacks/batch-environment.ts', import.meta.url).href

test('a runner leaves what Node has compiled to the next one, though it is killed in the end', async () => {
  const compileCache = await mkdtemp(join(tmpdir(), 'compiled-'))
  const compiled = async () =>
    (await readdir(compileCache, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length
  try {
    const start = async () => {
      const runner = startRunner({ memoryMiB: 192, preload: [PROGRAM], compileCache })
      try {
        await runner.ready
      } finally {
        runner.kill()
        await runner.ended
      }
    }
    await start()
    const first = await compiled()
    expect(first).toBeGreaterThan(500)
    await start()
    expect(await compiled()).toBe(first)
  } finally {
    await rm(compileCache, { recursive: true, force: true })
  }
})
