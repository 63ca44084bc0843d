import { SANDBOX_CALLS, type SandboxCall, type SandboxCalls } from '../../../schemas/sandbox-control.ts'

/** The control API refused; `status` and `code` are its. */
export class ControlError extends Error {
  readonly status: number
  readonly code: string
  constructor (status: number, code: string, message: string) {
    super(message)
    this.name = 'ControlError'
    this.status = status
    this.code = code
  }
}

/** Sends one call. Throws ControlError for a refusal, and what fetch throws when nothing answers. */
export type Send = (name: SandboxCall, input: object) => Promise<unknown>

export function sender (url: string, token: string, timeoutMilliseconds = 30_000): Send {
  return async (name, input) => {
    const { method, path } = SANDBOX_CALLS[name]
    const isRead = method === 'GET'
    const response = await fetch(`${url}${path}${isRead ? queryOf(input) : ''}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(!isRead && { body: JSON.stringify(input) }),
      signal: AbortSignal.timeout(timeoutMilliseconds)
    })
    const answer = await response.json() as { code?: string, message?: string }
    if (!response.ok) {
      throw new ControlError(response.status, answer.code ?? 'Unknown', answer.message ?? response.statusText)
    }
    return answer
  }
}

function queryOf (input: object): string {
  const given = Object.entries(input).filter(([, value]) => value !== undefined)
  const query = new URLSearchParams(Object.fromEntries(given.map(([key, value]) => [key, String(value)]))).toString()
  return query === '' ? '' : `?${query}`
}

/** Every call as a function. */
export function callsOver (send: Send): SandboxCalls {
  const names = Object.keys(SANDBOX_CALLS) as SandboxCall[]
  return Object.fromEntries(
    names.map((name) => [name, async (input: object = {}) => send(name, input)])
  ) as unknown as SandboxCalls
}
