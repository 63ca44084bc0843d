import type { Portal } from './portal.ts'

interface Page { readonly items: ReadonlyArray<{ readonly id: string }> }

/**
 * What the service answers about everything that is stored, by path.
 * @param changing environments and operations that are left out, because they go on when the service is started again
 */
export async function recordAnswers (portal: Portal, changing: readonly string[]): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {}
  const get = async <Body>(path: string): Promise<Body> => {
    const body = await portal.request<Body>('GET', path)
    answers[path] = body
    return body
  }
  const stays = ({ id }: { id: string }) => !changing.includes(id)

  for (const path of ['/teams', '/teams/vision', '/teams/imaging', '/keys']) await get(path)
  const environments = await portal.request<Page>('GET', '/environments?limit=100')
  const deleted = await get<Page>('/environments?limit=100&phase=deleted')
  for (const { id } of [...environments.items, ...deleted.items].filter(stays)) {
    await get(`/environments/${id}`)
    const { items } = await portal.request<Page>('GET', `/environments/${id}/operations?limit=100`)
    for (const operation of items.filter(stays)) {
      await get(`/operations/${operation.id}`)
      await get(`/operations/${operation.id}/events?limit=200`)
    }
  }
  return answers
}
