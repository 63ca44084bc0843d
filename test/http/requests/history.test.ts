import { describe, expect, test } from 'vitest'
import type { Environment, Operation, Problem } from '../../../client/index.ts'
import { call } from '../../support/http/call.ts'
import { ended, environment, post, remove } from '../../support/service/service.ts'
import { sharedService } from '../../support/service/shared-service.ts'

interface Page { readonly items: Operation[], readonly next: string | null }

describe('The history of an environment', () => {
  const service = sharedService()
  const page = async (id: string, query: string) =>
    (await call<Page>(service().base, 'GET', `/environments/${id}/operations?${query}`)).body

  test('is paged, has every kind, and stays readable after the delete, which frees the name at once', async () => {
    const { client, base } = service()
    const created = await post(client)
    const asked = [created.operation.id]
    await ended(client, created.operation)
    for (const path of ['previews', 'drift-checks', 'previews']) {
      const { body } = await call<Operation>(
        base,
        'POST',
        `/environments/${created.id}/${path}`,
        path === 'previews' ? { body: {} } : {}
      )
      asked.unshift(body.id)
    }
    for (const id of asked) expect((await ended(client, { id })).operation.state).toBe('succeeded')
    const deletion = (await remove(client, created.id)).operation
    asked.unshift(deletion.id)
    await ended(client, deletion)

    const again = await post(client)
    expect(again.id).not.toBe(created.id)
    const deleted = await environment(client, created.id)
    expect(deleted).toMatchObject({
      phase: 'deleted',
      outputs: null,
      spec: created.spec,
      operation: { id: deletion.id, kind: 'delete', state: 'succeeded' }
    })

    const found: string[] = []
    for (let next: string | null = ''; next !== null;) {
      const { items, next: following }: Page = await page(
        created.id,
        next === '' ? 'limit=2' : `limit=2&cursor=${next}`
      )
      found.push(...items.map(({ id }) => id))
      next = following
    }
    expect(found).toEqual(asked)
    expect((await page(again.id, '')).items.map(({ id }) => id)).toEqual([again.operation.id])

    const environments = await call<{ items: Environment[], next: string | null }>(
      base,
      'GET',
      '/environments?limit=1&phase=deleted'
    )
    expect(environments.body.items.map(({ id }) => id)).toEqual([created.id])
    // A cursor of another kind of page names no place here.
    const foreign = Buffer.from(created.id).toString('base64url')
    const refused = await call(base, 'GET', `/environments/${created.id}/operations?cursor=${foreign}`)
    expect([refused.status, refused.body.errors?.map(({ pointer }) => pointer)]).toEqual([400, ['#query/cursor']])

    for (const [method, path, body] of [
      ['PATCH', '', {}],
      ['POST', '/previews', {}],
      ['POST', '/drift-checks', undefined]
    ] as const) {
      const refused = await call<Problem>(base, method, `/environments/${created.id}${path}`, { body })
      expect([path, refused.status, refused.body.code]).toEqual([path, 409, 'environment-deleted'])
    }
    const repeated = await call<Environment>(base, 'DELETE', `/environments/${created.id}`)
    expect([repeated.status, repeated.body.phase, repeated.body.operation?.id]).toEqual([200, 'deleted', deletion.id])
    await ended(client, again.operation)
  })
})
