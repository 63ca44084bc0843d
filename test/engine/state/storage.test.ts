import { chmod, copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findEngine, type EngineExecutable } from '../../../src/engine/index.ts'
import { statePaths } from '../../../src/engine/state/state-paths.ts'
import type { PendingCreate } from '../../../src/engine/types.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import type { TestProvider } from '../../support/engine/provider.ts'
import { failureOf, withEngine } from '../../support/engine/harness.ts'
import type { Behaviour } from '../../support/engine/programs.ts'

/**
 * The same engine, but none of the files that its `up` writes can be larger than the file `limit` says, in blocks of
 * 512 bytes.
 */
async function limitedBy (limit: string, engine: EngineExecutable): Promise<EngineExecutable> {
  const executable = `${limit}-engine`
  await writeFile(
    executable,
    `#!/bin/sh\ncase "$1 $2" in *up*) [ -s '${limit}' ] && ulimit -f "$(cat '${limit}')";; esac\n` +
    `exec '${engine.executable}' "$@"\n`
  )
  await chmod(executable, 0o755)
  return { ...engine, executable }
}

const FILLING = 16 * 1024

/** In the state each takes its filling once while it is created, and twice when it is there. */
const things = (...names: string[]): Behaviour =>
  ({ detailed: Object.fromEntries(names.map((name) => [name, { inputs: { filling: 'x'.repeat(FILLING) } }])) })

const locateIn =
  ({ resources }: TestProvider) =>
    async (pending: readonly PendingCreate[]) =>
      new Map(
        [...resources.keys()].flatMap((id) =>
          pending.filter(({ urn }) => urn.endsWith(`::${id.split('-')[0] ?? ''}`)).map(({ urn }) => [urn, id] as const)
        )
      )

const executable = await findEngine({ engine: 'sandbox', cloud: 'sandbox', path: '' })

const pulumi = (await enginesPresent()).find(({ kind }) => kind === 'pulumi')

test.skipIf(pulumi === undefined)(
  'where the CLI has put half a file in the place of the state, the copy that is offered knows all it had done',
  async () => {
    if (pulumi === undefined) return
    const folder = await mkdtemp(join(tmpdir(), 'storage-'))
    const limit = join(folder, 'limit')
    try {
      await withEngine(await limitedBy(limit, pulumi), async ({ run, dataDir, provider }) => {
        const paths = statePaths(join(dataDir, 'state'), 'env')
        const wanted = things('a', 'b', 'c', 'd')
        await run('up', 'env', things('a'))
        const { size } = await stat(paths.checkpoint)
        await writeFile(limit, String(Math.ceil((size + 3 * FILLING * 1.4) / 512)))
        expect(await failureOf(run('up', 'env', wanted))).toMatchObject({ code: 'storage-full' })
        await writeFile(limit, '')
        const locate = locateIn(provider)
        const damaged = await failureOf(run('up', 'env', wanted, { locate }))
        expect(damaged).toMatchObject({ code: 'state-corrupt' })
        const [, copy = ''] = /newest good copy is (\S+), of/.exec(damaged.detail) ?? []
        await copyFile(copy, paths.checkpoint)
        expect(await run('up', 'env', wanted, { locate })).toMatchObject({ resources: 4 })
        expect(provider.names('Create').toSorted()).toEqual(['a', 'b', 'c', 'd'])
        expect((await readdir(join(paths.checkpoint, '..'))).filter((name) => /\.json\.\d/.test(name))).toEqual([])
      })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
)

describe('when the sandbox engine can write no more of its state', () => {
  test('the run fails with storage-full, the state stays readable, and with room the next run continues', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'storage-'))
    const limit = join(folder, 'limit')
    try {
      await withEngine(await limitedBy(limit, executable), async ({ run, dataDir, provider, engine }) => {
        const paths = statePaths(join(dataDir, 'state'), 'env')
        const wanted = things('a', 'b', 'c', 'd')
        await run('up', 'env', things('a'))
        const { size } = await stat(paths.checkpoint)
        await writeFile(limit, String(Math.ceil((size + 3 * FILLING * 1.4) / 512)))
        expect(await failureOf(run('up', 'env', wanted))).toMatchObject({ code: 'storage-full', retryable: true })
        expect((await engine.resources('env')).map(({ name }) => name)).toContain('a')
        expect((await readdir(join(paths.checkpoint, '..'))).filter((name) => name.endsWith('.tmp'))).toEqual([])
        expect(await readdir(paths.locks)).toEqual([])
        expect(provider.resources.size).toBeGreaterThan(1)
        await writeFile(limit, '')
        expect(await run('up', 'env', wanted, { locate: locateIn(provider) })).toMatchObject({ resources: 4 })
        expect(provider.names('Create').toSorted()).toEqual(['a', 'b', 'c', 'd'])
        expect(await readFile(paths.checkpoint, 'utf8')).not.toContain('pending_operations')
      })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
