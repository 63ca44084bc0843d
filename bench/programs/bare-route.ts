/**
 * The least a service can do for `GET /environments/:id/outputs`: a Fastify route without plugins, log or key, doing one
 * select through the database's own driver. Arguments: the id, the outputs as JSON, and where the database is: the
 * connection string of the service's own, or a folder for a PGlite that gets the same row.
 */
import { PGlite } from '@electric-sql/pglite'
import Fastify from 'fastify'
import pg from 'pg'

interface Row { outputs: object }
type Select = (id: string) => Promise<Row | undefined>

const SELECT = 'select outputs from environments where id = $1'
const [id = '', outputs = '', database = ''] = process.argv.slice(2)

async function embedded (folder: string): Promise<Select> {
  const pglite = await PGlite.create(folder)
  await pglite.exec('create table environments (id text primary key, outputs jsonb)')
  await pglite.query('insert into environments values ($1, $2)', [id, outputs])
  return async wanted => (await pglite.query<Row>(SELECT, [wanted])).rows[0]
}

function server (connectionString: string): Select {
  const pool = new pg.Pool({ connectionString })
  return async wanted => (await pool.query<Row>(SELECT, [wanted])).rows[0]
}

const select = database.startsWith('postgresql:') ? server(database) : await embedded(database)
const app = Fastify()
app.get<{ Params: { id: string } }>('/environments/:id/outputs', async ({ params }) => (await select(params.id))?.outputs)
process.send?.(await app.listen({ host: '127.0.0.1', port: 0 }))
