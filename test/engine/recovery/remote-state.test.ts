import { expect, test } from 'vitest'
import type { EngineProcess } from '../../../src/engine/types.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { findPostgres, startPostgres } from '../../support/database/postgres.ts'
import { failureOf, reached, withEngine } from '../../support/engine/harness.ts'

const pulumi = (await enginesPresent()).find(({ kind }) => kind === 'pulumi')
const bin = findPostgres()
if (pulumi === undefined || bin === undefined) {
  console.log('state in Postgres is not tested: that needs a pulumi CLI, and initdb')
}

/** A Postgres server's URL as the CLI takes it for a state backend. */
const stateUrlOf = (url: string): string =>
  `${url.replace(/^postgresql:(.*)localhost/, 'postgres:$1')}&sslmode=disable`

test.skipIf(pulumi === undefined || bin === undefined)(
  "on Postgres state the next try removes a killed engine's lock, keeps a live one's, adopts resources",
  async () => {
    if (pulumi === undefined || bin === undefined) return
    const server = await startPostgres(bin)
    try {
      await withEngine(
        pulumi,
        async ({ run, provider }) => {
          const locate = async () =>
            new Map(
              [...provider.resources.keys()].map((id) => [
                `urn:pulumi:env::batchyard::test:group:Group$test:index:Thing::${id.split('-')[0]}`,
                id
              ])
            )
          const engines: EngineProcess[] = []
          const gate = provider.hold('Create', 'a')
          const running = run(
            'up',
            'env',
            { things: ['a', 'b'] },
            {
              onEngineStarted: async (engine) => {
                engines.push(engine)
              }
            }
          )
          await reached(gate, running)
          expect(await failureOf(run('up', 'env', { things: ['a'] }, { locate }))).toMatchObject({
            code: 'state-locked',
            transient: true
          })
          process.kill(engines.at(-1)?.pid ?? 0, 'SIGKILL')
          expect(await failureOf(running)).toMatchObject({ code: 'engine-killed' })
          gate.release()
          expect(await failureOf(run('up', 'env', { things: ['a', 'b'] }, { locate }))).toMatchObject({
            code: 'state-locked',
            transient: true
          })
          await run('up', 'env', { things: ['a', 'b'] }, { locate })
          expect([...provider.resources.keys()].map((id) => id.split('-')[0]).sort()).toEqual(['a', 'b'])
        },
        {
          stateUrl: stateUrlOf(await server.createDatabase())
        }
      )
    } finally {
      await server.stop()
    }
  }
)
