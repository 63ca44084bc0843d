/**
 * `npm run record:installation`: makes an installation with this version and keeps it under
 * test/fixtures/installations/<version>. test/http/requests/earlier-versions.test.ts opens it with every later version.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readPortFile } from '../src/sandbox/aws/port-file.ts'
import { callsOver, sender } from '../src/sandbox/aws/control/client.ts'
import { findPostgres, startPostgres } from '../test/support/database/postgres.ts'
import { cleanUpOnSignal, registerCleanup } from './cleanup.ts'
import { recordAnswers } from './installation/answers.ts'
import { recordDegraded, recordDeleted, recordReady, recordWaiting } from './installation/environments.ts'
import { recordDatabase, recordFiles, writeCompressed } from './installation/files.ts'
import { portalOf, type Portal } from './installation/portal.ts'
import { startServer, type Server } from './server-process.ts'
import manifest from '../package.json' with { type: 'json' }

const ADMIN_KEY = 'recorded-admin-key-0123456789'
const VISION = { region: 'eu-central-1' }
const IMAGING = {
  region: 'us-east-1',
  accountId: '210987654321',
  roleArn: 'arn:aws:iam::210987654321:role/batchyard',
  externalId: 'recorded'
}
const SETTINGS = {
  BATCHYARD_ADMIN_KEY: ADMIN_KEY,
  BATCHYARD_ENGINE: 'sandbox',
  BATCHYARD_RETRY_LIMIT: '1',
  BATCHYARD_RETRY_SECONDS: '0.1'
}

async function withServer<T> (
  options: { dataDir: string, settings: Record<string, string> },
  use: (portal: Portal, server: Server) => Promise<T>
): Promise<T> {
  const server = await startServer({ speed: 0, ...options })
  try {
    return await use(portalOf(server.base, ADMIN_KEY), server)
  } finally {
    await server.stop()
  }
}

/** A VPC besides the default one; answers its subnets. */
async function addVpc (dataDir: string, where: { account: string, region: string }): Promise<string[]> {
  const sandbox = await readPortFile(dataDir)
  if (!sandbox) throw new Error('the simulated AWS does not run')
  const { subnets } = await callsOver(sender(sandbox.controlUrl, sandbox.token)).addNetwork(where)
  return subnets.map(({ id }) => id)
}

async function addTeams (portal: Portal): Promise<void> {
  const guardrails = { subnets: ['*'], regions: ['eu-west-1'] }
  await portal.request('PUT', '/teams/vision', { body: { placement: VISION, guardrails } })
  await portal.request('PUT', '/teams/imaging', { body: { placement: IMAGING } })
}

async function addKeys (portal: Portal): Promise<{ admin: string, team: string }> {
  const add = async (body: object) => (await portal.request<{ token: string }>('POST', '/keys', { body })).token
  return {
    admin: await add({ name: 'of an admin', scope: 'admin' }),
    team: await add({ name: 'of a team', scope: 'team', team: 'vision' })
  }
}

/** Everything that has ended when the service stops. */
async function recordEnded (portal: Portal, { dataDir }: Server) {
  await addTeams(portal)
  const keys = await addKeys(portal)
  const subnets = await addVpc(dataDir, { account: '123456789012', region: VISION.region })
  const { id: ready, idempotent } = await recordReady(portal)
  const degraded = await recordDegraded(portal, subnets)
  const deleted = await recordDeleted(portal)
  // Faults are remembered too; this one hits nothing.
  await portal.request('POST', '/sandbox/faults', {
    body: { kind: 'fail', on: 'create', namePrefix: 'never-made', nth: 7 }
  })
  return { keys, idempotent, environments: { ready, degraded, deleted } }
}

async function record (url: string, dataDir: string): Promise<void> {
  const target = join(import.meta.dirname, '../test/fixtures/installations', manifest.version)
  const settings = { ...SETTINGS, DATABASE_URL: url }
  const ended = await withServer({ dataDir, settings }, recordEnded)
  const { waiting, answers } = await withServer(
    { dataDir, settings: { ...settings, BATCHYARD_ROLE: 'api' } },
    async (portal) => {
      const waiting = await recordWaiting(portal, ended.environments.ready)
      const changing = [waiting.environment, waiting.preview]
      return { waiting, answers: await recordAnswers(portal, changing) }
    }
  )
  await rm(target, { recursive: true, force: true })
  await recordDatabase(url, join(target, 'database.sql.gz'))
  await recordFiles(dataDir, join(target, 'files'))
  await writeCompressed(join(target, 'answers.json.gz'), JSON.stringify(answers))
  await writeFile(join(target, 'recorded.json'), `${JSON.stringify({ ...ended, waiting }, null, 2)}\n`)
}

async function recordInstallation (): Promise<void> {
  const bin = findPostgres()
  if (bin === undefined) throw new Error('initdb is neither on PATH nor in /usr/lib/postgresql')
  const postgres = await startPostgres(bin)
  const stop = registerCleanup(postgres.stop)
  const dataDir = await mkdtemp(join(tmpdir(), 'batchyard-record-'))
  const remove = registerCleanup(async () => rm(dataDir, { recursive: true, force: true }))
  try {
    console.log(`recording version ${manifest.version}`)
    await record(await postgres.createDatabase(), dataDir)
  } finally {
    await remove()
    await stop()
  }
}

cleanUpOnSignal()
try {
  await recordInstallation()
} catch (error) {
  process.stderr.write(`the recording failed: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
