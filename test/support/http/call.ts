import type { Problem } from '../../../client/index.ts'

export interface Answer<Body> {
  readonly status: number
  readonly headers: Headers
  /** Undefined where the answer has none. */
  readonly body: Body
}

export interface Ask {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends one request as any client would, where status and headers matter besides the body. */
export async function call<Body = Problem> (
  base: string,
  method: string,
  path: string,
  { body, headers = {} }: Ask = {}
): Promise<Answer<Body>> {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) })
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? undefined : JSON.parse(text)) as Body
  }
}
