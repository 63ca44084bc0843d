import { EventSourceParserStream } from 'eventsource-parser/stream'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

interface Sent { readonly id: string | undefined, readonly event: string | undefined, readonly data: string }

export interface EventStream {
  readonly response: Response
  /** The `retry` fields so far. */
  readonly retries: number[]
  /** How many comments came so far. */
  comments (): number
  /** The next event; undefined at the end. */
  next (): Promise<Sent | undefined>
  /** Reads to the end. */
  all (): Promise<Sent[]>
  /** Goes away in the middle. */
  leave (): void
}

/** Opens an operation's stream. */
export async function openStream (
  base: string,
  path: string,
  headers: Record<string, string> = {}
): Promise<EventStream> {
  const leaving = new AbortController()
  const response = await fetch(`${base}${path}`, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: leaving.signal
  })
  const retries: number[] = []
  let comments = 0
  const parser = new EventSourceParserStream({
    onRetry: (milliseconds) => {
      retries.push(milliseconds)
    },
    onComment: () => {
      comments += 1
    }
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(parser).getReader()
  async function next (): Promise<Sent | undefined> {
    const { value } = (await reader?.read()) ?? {}
    return value && { id: value.id, event: value.event, data: value.data }
  }
  return {
    response,
    retries,
    comments: () => comments,
    next,
    async all () {
      const sent: Sent[] = []
      for (let event = await next(); event; event = await next()) sent.push(event)
      return sent
    },
    leave: () => {
      leaving.abort()
    }
  }
}

export interface Proxy {
  readonly base: string
  /** Where new connections go. */
  pointTo (base: string): void
  close (): Promise<void>
}

/** A proxy that passes bytes on and closes a connection on which its target has sent nothing for so long. */
export async function startProxy (target: string, idleMilliseconds: number): Promise<Proxy> {
  let behind = new URL(target)
  const open = new Set<Socket>()
  const server = createServer((front) => {
    const back = connect(Number(behind.port), behind.hostname)
    const cut = (): void => { for (const socket of [front, back]) socket.destroy() }
    for (const socket of [front, back]) {
      open.add(socket)
      socket.on('error', cut).on('close', () => { open.delete(socket); cut() })
    }
    back.setTimeout(idleMilliseconds, cut)
    front.pipe(back).pipe(front)
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pointTo: (base) => { behind = new URL(base) },
    async close () {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => { server.close(resolve) })
    }
  }
}
