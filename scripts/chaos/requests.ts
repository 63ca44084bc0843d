import { setTimeout as delay } from 'node:timers/promises'
import type { KillableService } from './killable-service.ts'

/** What the service promised not to do. */
export class Violation extends Error {}

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: object
  readonly idempotencyKey?: string
  /** How long no answer is put up with; two minutes by default. */
  readonly patienceMs?: number
}

const PATIENCE_MS = 120_000
const PAUSE_MS = 50

/**
 * Sends a request until it is answered, as a careful client does: again when the connection breaks or the service is
 * not ready. Resolves with the answer's body.
 * @throws Violation when it is refused, or not answered for too long
 */
export async function insist<Answer> (service: KillableService, request: Request): Promise<Answer> {
  const { method = 'GET', path, patienceMs = PATIENCE_MS } = request
  const deadline = performance.now() + patienceMs
  for (;;) {
    const response = await send(service, request)
    if (response?.ok === true) return response.body as Answer
    const said = response === undefined ? 'no answer' : `${response.status} ${JSON.stringify(response.body)}`
    if (response !== undefined && response.status !== 503) throw new Violation(`${method} ${path} was answered ${said}`)
    if (performance.now() > deadline) throw new Violation(`${method} ${path}: ${said} for ${patienceMs / 1000} s`)
    await delay(PAUSE_MS)
  }
}

interface Received { readonly ok: boolean, readonly status: number, readonly body: unknown }

/** Undefined where there was no whole answer. */
async function send (
  service: KillableService,
  { method = 'GET', path, body, idempotencyKey }: Request
): Promise<Received | undefined> {
  try {
    const response = await fetch(new URL(path, service.base()), {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey })
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000)
    })
    return { ok: response.ok, status: response.status, body: await response.json() }
  } catch {
    return undefined
  }
}
