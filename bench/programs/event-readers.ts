/** Readers of one operation's events, each on a connection of its own, in a process of their own. See `Question`. */
import { get, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { Delivered, Question } from '../setup/event-readers.ts'

/**
 * Connections are opened a few at a time: what is measured is following, not how long a queue of connections can be.
 */
const AT_ONCE = 50

interface Reader { readonly ended: Promise<boolean>, last: number }

let readers: Reader[] = []

async function open ({ url, headers, readers: count }: Extract<Question, { open: object }>['open']): Promise<number> {
  readers = []
  while (readers.length < count) {
    const opening = Array.from({ length: Math.min(AT_ONCE, count - readers.length) }, async () => follow(url, headers))
    readers.push(...await Promise.all(opening))
  }
  return readers.length
}

async function follow (url: string, headers: Readonly<Record<string, string>>): Promise<Reader> {
  const [response] = (await once(
    get(url, { agent: false, headers: { ...headers, accept: 'text/event-stream' } }),
    'response'
  )) as [IncomingMessage]
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`)
  const reader = { last: 0, ended: Promise.resolve(false) }
  reader.ended = read(response, reader)
  return reader
}

/** Whether the ids count without a gap, and the last event is the operation's success. */
async function read (response: IncomingMessage, reader: { last: number }): Promise<boolean> {
  let rest = ''
  let gapless = true
  let final = ''
  for await (const chunk of response.setEncoding('utf8')) {
    const frames = (rest + String(chunk)).split('\n\n')
    rest = frames.pop() ?? ''
    for (const frame of frames.filter((each) => each.startsWith('id: '))) {
      const id = Number.parseInt(frame.slice(4))
      gapless &&= id === reader.last + 1
      reader.last = id
      final = frame
    }
  }
  return gapless && final.includes('"succeeded"')
}

async function end (): Promise<Delivered> {
  const complete = await Promise.all(readers.map(async ({ ended }) => ended))
  return { complete: complete.filter(Boolean).length, events: Math.max(...readers.map(({ last }) => last)) }
}

process.on('message', (question: Question) => {
  const work: Promise<unknown> = 'open' in question ? open(question.open) : end()
  work.then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    }
  )
})
process.send?.('ready')
