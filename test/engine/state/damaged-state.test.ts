import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { findEngine } from '../../../src/engine/index.ts'
import { statePaths } from '../../../src/engine/state/state-paths.ts'
import { RunFailure } from '../../../src/engine/types.ts'
import { failureOf, withEngine } from '../../support/engine/harness.ts'

const sandbox = await findEngine({ engine: 'sandbox', cloud: 'sandbox', path: '' })

test('no engine is started on a damaged state, whatever the run, and all that read it say the same', async () => {
  await withEngine(sandbox, async ({ run, engine, dataDir, starts }) => {
    const { checkpoint, previous } = statePaths(join(dataDir, 'state'), 'env')
    await mkdir(dirname(checkpoint), { recursive: true })
    const good = JSON.stringify({
      version: 3,
      checkpoint: { latest: { resources: [{ urn: 'urn:a', type: 'test:index:Thing', custom: true }] } }
    })
    const damaged = good.slice(0, -20)
    await writeFile(previous, good)
    await writeFile(checkpoint, damaged)
    const failure = await engine.resources('env').then(
      () => undefined,
      (error: unknown) => (error instanceof RunFailure ? error.error : error)
    )
    expect(failure).toMatchObject({
      code: 'state-corrupt',
      transient: false,
      detail: expect.stringMatching(
        /env\.json is damaged: .*newest good copy is .*env\.json\.bak, of .*, with 1 cloud resources\./
      )
    })
    for (const kind of ['up', 'destroy', 'preview', 'drift'] as const) {
      expect(await failureOf(run(kind, 'env'))).toEqual(failure)
    }
    expect(starts).toEqual([])
    expect(await readFile(checkpoint, 'utf8')).toBe(damaged)
  })
})
