import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createBatchyardClient } from '../../../client/index.ts'
import { ended, environment, post, remove, withService } from '../../support/service/service.ts'

const ADMIN_KEY = 'an-admin-key-of-24-or-more-characters'
const PLACEMENT = { region: 'eu-central-1' }
const DESCRIPTION = new URL('../../../openapi/openapi.json', import.meta.url)

describe('An operator', () => {
  test('can follow every step by its ids, count it, and finds no secret anywhere', async () => {
    await withService(async ({ base, client, log, dataDir }) => {
      await client.PUT('/teams/{team}', { params: { path: { team: 'vision' } }, body: { placement: PLACEMENT } })
      const { data: key } = await client.POST('/keys', { body: { name: 'portal', scope: 'team', team: 'vision' } })
      const team = createBatchyardClient(base, key?.token)
      const { data: accepted, response } = await team.POST('/environments', {
        body: {
          team: 'vision',
          name: 'training',
          jobs: { default: { image: 'public.ecr.aws/docker/library/python:3.13' } }
        }
      })
      const requestId = response.headers.get('x-request-id')
      expect(requestId).toMatch(/^req_/)
      const [environmentId, operationId] = [accepted?.id ?? '', accepted?.operation?.id ?? '']
      const created = await ended(team, { id: operationId })

      const ofOperation = log.filter((line) => line.operationId === operationId)
      for (const line of ofOperation.filter(({ msg }) => msg !== 'request')) {
        expect(line).toMatchObject({ environmentId, requestId })
      }
      expect(ofOperation.filter(({ msg }) => msg === 'step')).toHaveLength(created.operation.progress.total ?? -1)
      expect(ofOperation).toContainEqual(
        expect.objectContaining({ msg: 'request', requestId, environmentId, status: 202 })
      )
      expect(ofOperation.filter(({ msg }) => msg === 'operation ended')).toMatchObject([{ state: 'succeeded' }])

      const deleted = await ended(team, (await remove(team, environmentId)).operation)
      const metrics = await (await fetch(`${base}/metrics`)).text()
      for (const line of [
        /^batchyard_http_request_seconds_count\{operation="environments.create",method="POST",status="202"\} 1$/m,
        /^batchyard_operation_seconds_count\{kind="create",outcome="succeeded"\} 1$/m,
        /^batchyard_operation_seconds_count\{kind="delete",outcome="succeeded"\} 1$/m,
        /^batchyard_queue_depth\{kind="create"\} 0$/m,
        /^batchyard_queue_wait_seconds_count\{kind="create"\} 1$/m,
        /^batchyard_engine_starts_total\{command="up"\} 1$/m,
        /^batchyard_engine_starts_total\{command="destroy"\} 1$/m,
        /^batchyard_runner_resident_bytes [1-9]\d*$/m
      ]) { expect(metrics).toMatch(line) }

      const passphrase = (await readFile(join(dataDir, 'passphrase'), 'utf8')).trim()
      const shown = JSON.stringify([log, created, deleted, await environment(client, environmentId), metrics])
      for (const secret of [ADMIN_KEY, key?.token ?? '', passphrase]) {
        expect(secret.length).toBeGreaterThan(16)
        expect(shown).not.toContain(secret)
      }
    }, { settings: { BATCHYARD_ADMIN_KEY: ADMIN_KEY } })
  })

  test('can probe the service, and a developer can read what it offers', async () => {
    await withService(async ({ base, client, service }) => {
      expect((await client.GET('/livez', {})).data).toEqual({ status: 'ok' })
      expect((await client.GET('/readyz', {})).data).toMatchObject({
        status: 'ready',
        cloud: 'sandbox',
        notice: expect.stringContaining('simulated'),
        checks: { database: { ok: true }, sandbox: { ok: true } }
      })
      expect(await (await fetch(`${base}/openapi.json`)).json()).toEqual(
        JSON.parse(await readFile(DESCRIPTION, 'utf8'))
      )
      const docs = await fetch(`${base}/docs`)
      expect([docs.status, await docs.text()]).toEqual([200, expect.stringContaining('swagger')])

      await post(client).then(async ({ operation }) => ended(client, operation))
      await service.context.database.close()
      const unready = await fetch(`${base}/readyz`)
      expect([unready.status, await unready.json()]).toMatchObject([
        503,
        { status: 'not-ready', checks: { database: { ok: false } } }
      ])
      expect((await fetch(`${base}/livez`)).status).toBe(200)
    })
  })
})
