import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { accessSync, chownSync, constants, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'

const USER = 'batchyard'

export interface PostgresServer {
  /** Of the database that every server has. */
  readonly url: string
  /** Makes an empty database and returns its connection string. */
  createDatabase (): Promise<string>
  /** Ends the server at once, without a word to its clients, as a crash would. */
  crash (): Promise<void>
  /** Starts it again, with the same data on the same socket. */
  restart (): Promise<void>
  /** Freezes every process of the server, which then accepts connections and never answers; answers what thaws them. */
  freeze (): () => void
  /** Stops the server and removes its directory. */
  stop (): Promise<void>
}

interface Account { uid: number, gid: number }

/** Where initdb and postgres are, the newest version first; undefined on a machine without them. */
export function findPostgres (): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter)
  const debian = globSync('/usr/lib/postgresql/*/bin').sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
  return [...onPath, ...debian].find((bin) => isExecutable(join(bin, 'initdb')) && isExecutable(join(bin, 'postgres')))
}

/** Starts a server that listens on a socket in its own temporary directory only, without any care for durability. */
export async function startPostgres (bin: string): Promise<PostgresServer> {
  const account = accountToRunAs()
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-pg-'))
  if (account) chownSync(directory, account.uid, account.gid)
  const data = join(directory, 'data')
  await run(
    spawn(join(bin, 'initdb'), ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], {
      ...account,
      cwd: directory,
      stdio: ['ignore', 'ignore', 'inherit']
    })
  )
  const launch = async (): Promise<ChildProcess> => {
    const started = spawn(
      join(bin, 'postgres'),
      [
        '-D',
        data,
        '-k',
        directory,
        '-c',
        'listen_addresses=',
        '-c',
        'fsync=off',
        '-c',
        'full_page_writes=off',
        '-c',
        'max_connections=200'
      ],
      { ...account, cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] }
    )
    await ready(started)
    return started
  }
  let server = await launch()
  const url = urlOf(directory, 'postgres')
  return {
    url,
    createDatabase: async () => createDatabase(url),
    async crash () { await quit(server) },
    async restart () { server = await launch() },
    freeze () {
      const frozen = familyOf(server.pid ?? 0)
      for (const pid of frozen) process.kill(pid, 'SIGSTOP')
      return () => { for (const pid of frozen) process.kill(pid, 'SIGCONT') }
    },
    async stop () {
      await quit(server)
      rmSync(directory, { recursive: true, force: true })
    }
  }
}

/** Makes an empty database beside the one that is given and returns its connection string. */
export async function createDatabase (url: string): Promise<string> {
  const name = `batchyard_${randomUUID().replaceAll('-', '')}`
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  const made = new URL(url)
  made.pathname = `/${name}`
  return made.href
}

/** Immediate, as `pg_ctl stop -m immediate` does it. */
async function quit (server: ChildProcess): Promise<void> {
  if (server.exitCode === null && server.signalCode === null && server.kill('SIGQUIT')) await once(server, 'exit')
}

/** The server's process and those it serves its clients with. */
function familyOf (parent: number): number[] {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim()
  return [parent, ...children.split(' ').filter(Boolean).map(Number)]
}

const urlOf = (directory: string, database: string) =>
  `postgresql://${USER}@localhost/${database}?host=${encodeURIComponent(directory)}`

/** Postgres refuses to run as root; another user of the system will do. */
function accountToRunAs (): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'))
  const account = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody')
  return account && { uid: Number(account[2]), gid: Number(account[3]) }
}

async function ready (server: ChildProcess): Promise<void> {
  if (!server.stderr) throw new Error('postgres was started without a pipe')
  const said: string[] = []
  for await (const line of createInterface({ input: server.stderr })) {
    said.push(line)
    if (line.includes('ready to accept connections')) {
      // Closing the reader must not leave the pipe full: the server would block on its next message.
      server.stderr.resume()
      return
    }
  }
  throw new Error(`postgres did not start:\n${said.join('\n')}`)
}

async function run (child: ChildProcess): Promise<void> {
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${child.spawnfile} ended with ${String(code)}`)
}

function isExecutable (file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
