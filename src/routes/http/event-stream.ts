import type { OperationEvent } from '../../schemas/event.ts'

/** Server-Sent Events, as the WHATWG's HTML standard has them. */
export const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  // no-transform keeps proxies from compressing it, which collects events until there are enough.
  'cache-control': 'no-cache, no-transform',
  // nginx and other proxies buffer answers without this header.
  'x-accel-buffering': 'no',
  // A stop waits for connections that may be used again; one that carried a stream hardly is.
  connection: 'close'
} as const

/** When to come back, should the stream break: sent first, which also opens it through proxies, and before we leave. */
export const RETRY = Buffer.from('retry: 2000\n\n')

/** A comment; clients pass it over. */
const SIGN_OF_LIFE = Buffer.from(':\n\n')

/** A batch is written to all of its readers in one piece of memory. */
const written = new WeakMap<readonly OperationEvent[], Buffer>()

/** Events as they go over the wire; of none a sign of life. */
export function toFrames (events: readonly OperationEvent[]): Buffer {
  if (events.length === 0) return SIGN_OF_LIFE
  const known = written.get(events)
  if (known) return known
  // JSON has its line breaks escaped, so an event's data is one line.
  const frames = Buffer.from(
    events.map((each) => `id: ${each.id}\nevent: ${each.event.type}\ndata: ${JSON.stringify(each)}\n\n`).join('')
  )
  written.set(events, frames)
  return frames
}
