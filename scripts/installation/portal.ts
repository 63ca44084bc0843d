import { setTimeout as delay } from 'node:timers/promises'
import type { Environment, Operation } from '../../client/index.ts'
import { call, type Ask } from '../../test/support/http/call.ts'

const POLL_MILLISECONDS = 100

/** Asks a service as a portal does: every request must be accepted, and every operation is waited for. */
export interface Portal {
  /** Resolves with the body. Rejects when the answer is no success. */
  request <Body> (method: string, path: string, ask?: Ask): Promise<Body>
  /** Resolves when the operation has ended. Rejects when its state is another than the expected one. */
  end (operation: Pick<Operation, 'id'> | null, expected?: Operation['state']): Promise<Operation>
  /** Sends a request that begins an operation of an environment, and waits for that. */
  change (method: string, path: string, options?: Ask & { expected?: Operation['state'] }): Promise<Environment>
  /** Scripts a fault, as long as the work goes on. */
  withFault <T> (fault: object, work: () => Promise<T>): Promise<T>
  /** Waits until the only fault there is has hit a call. */
  faultHit (): Promise<void>
}

export function portalOf (base: string, key: string): Portal {
  async function request <Body> (method: string, path: string, { body, headers }: Ask = {}): Promise<Body> {
    const answer = await call<Body>(base, method, path, {
      ...(body !== undefined && { body }),
      headers: { authorization: `Bearer ${key}`, ...headers }
    })
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  async function end (operation: Pick<Operation, 'id'> | null, expected = 'succeeded'): Promise<Operation> {
    if (operation === null) throw new Error('the request has begun no operation')
    let ended = await request<Operation>('GET', `/operations/${operation.id}`)
    while (ended.finishedAt === null) {
      await delay(POLL_MILLISECONDS)
      ended = await request('GET', `/operations/${operation.id}`)
    }
    if (ended.state === expected) return ended
    throw new Error(`${ended.kind} is ${ended.state} and not ${expected}: ${JSON.stringify(ended.error)}`)
  }

  return {
    request,
    end,
    async change (method, path, { expected, ...ask } = {}) {
      const { id, operation } = await request<Environment>(method, path, ask)
      await end(operation, expected)
      return request('GET', `/environments/${id}`)
    },
    async withFault (fault, work) {
      await request('POST', '/sandbox/faults', { body: fault })
      try {
        return await work()
      } finally {
        await request('DELETE', '/sandbox/faults')
      }
    },
    async faultHit () {
      for (;;) {
        const { items } = await request<{ items: Array<{ matched: number }> }>('GET', '/sandbox/faults')
        if (items.some(({ matched }) => matched > 0)) return
        await delay(POLL_MILLISECONDS)
      }
    }
  }
}
