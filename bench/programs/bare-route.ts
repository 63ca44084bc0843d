/**
 * The least a service can do for `GET /environments/:id/outputs`: a Fastify route without plugins, log or key, doing
 * one select through the database's own driver. Arguments: the id, the outputs as JSON, and where the database is: the
 * connection string of the service's own, or a folder for a PGlite with the same tables and indexes (the planner looks
 * at all of them at every select) and the same row.
 */
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import Fastify from 'fastify'
import pg from 'pg'
import { openDatabase } from '../../src/store/database/open-database.ts'
import { migrate } from '../../src/store/migrations.ts'

interface Row { outputs: object }
type Select = (id: string) => Promise<Row | undefined>

const SELECT = 'select outputs from environments where id = $1'
const [id = '', outputs = '', database = ''] = process.argv.slice(2)

async function embedded (folder: string): Promise<Select> {
  const log = { info () {}, warn () {}, error () {} }
  const migrated = await openDatabase({ dataDir: folder, log })
  await migrate(migrated)
  await migrated.close()
  const pglite = await PGlite.create(join(folder, 'database'))
  await pglite.query("insert into teams (name, placement, guardrails) values ('vision', '{}', '{}')")
  await pglite.query(`
    insert into environments (id, team, name, cloud, phase, placement, spec, resolved, outputs)
    values ($1, 'vision', 'bench', 'sandbox', 'ready', '{}', '{}', '{}', $2)`, [id, outputs])
  return async (wanted) => (await pglite.query<Row>(SELECT, [wanted])).rows[0]
}

function server (connectionString: string): Select {
  const pool = new pg.Pool({ connectionString })
  return async (wanted) => (await pool.query<Row>(SELECT, [wanted])).rows[0]
}

const select = database.startsWith('postgresql:') ? server(database) : await embedded(database)
const app = Fastify()
app.get<{ Params: { id: string } }>(
  '/environments/:id/outputs',
  async ({ params }) => (await select(params.id))?.outputs
)
process.send?.(await app.listen({ host: '127.0.0.1', port: 0 }))
