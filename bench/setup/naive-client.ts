import type { ProgramProcess } from './program-process.ts'

/** One request to the naive service; fails unless it answers with success. */
export async function ask (
  naive: ProgramProcess,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object
): Promise<void> {
  const response = await fetch(`${naive.hello}${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`the naive service answered ${response.status}: ${text.slice(0, 2000)}`)
}
