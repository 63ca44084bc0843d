import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { realpathSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'

/**
 * Takes the exclusive right to one data directory; undefined when another process has it. The right is a listening
 * local socket, so the system takes it back however its holder ends. On Linux the name is abstract and leaves no
 * file; elsewhere a file that nobody listens on is removed and tried again once.
 */
export async function takeLock (dataDir: string): Promise<Server | undefined> {
  const folder = realpathSync(dataDir)
  if (process.platform === 'linux') {
    return listen(`\0batchyard-aws-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`)
  }
  const path = join(folder, 'sandbox-aws.sock')
  const first = await listen(path)
  if (first || await answers(path)) return first
  rmSync(path, { force: true })
  return listen(path)
}

async function listen (name: string): Promise<Server | undefined> {
  const server = createServer((socket) => { socket.destroy() })
  server.listen(name)
  try {
    await once(server, 'listening')
    return server
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined
    throw error
  }
}

async function answers (path: string): Promise<boolean> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
