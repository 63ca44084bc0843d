import { describe, expect, test } from 'vitest'
import { createBatchyardClient, type BatchyardClient } from '../../../client/index.ts'
import { loadConfig } from '../../../src/config.ts'
import { ended, launch, post, resources, SPEC, withDataDir, withService } from '../../support/service/service.ts'

const ADMIN_KEY = 'an-admin-key-of-24-or-more-characters'
const CLOSED = { settings: { BATCHYARD_ADMIN_KEY: ADMIN_KEY } }
const PLACEMENT = { region: 'eu-central-1' }

async function addTeam (client: BatchyardClient, team: string, guardrails?: object): Promise<void> {
  const { error } = await client.PUT('/teams/{team}', {
    params: { path: { team } },
    body: { placement: PLACEMENT, ...(guardrails && { guardrails }) }
  })
  if (error) throw new Error(JSON.stringify(error))
}

async function addKey (client: BatchyardClient, team: string) {
  const { data } = await client.POST('/keys', { body: { name: `portal of ${team}`, scope: 'team', team } })
  if (!data) throw new Error('the key was refused')
  return data
}

const byId = (id: string) => ({ params: { path: { id } } })

describe('A closed service', () => {
  test('asks for a key, and lets a team\'s key see and touch its own environments only', async () => {
    await withService(async ({ base, client, service, log }) => {
      for (const key of [undefined, 'wrong', `${ADMIN_KEY}x`]) {
        const { response, error } = await createBatchyardClient(base, key).GET('/environments', {})
        expect([response.status, response.headers.get('www-authenticate'), error]).toMatchObject([
          401,
          'Bearer realm="batchyard"',
          { code: 'unauthenticated' }
        ])
      }
      await addTeam(client, 'vision')
      await addTeam(client, 'audio')
      const keys = [await addKey(client, 'vision'), await addKey(client, 'audio')] as const
      const [vision, audio] = [createBatchyardClient(base, keys[0].token), createBatchyardClient(base, keys[1].token)]

      const { id, operation } = await post(vision)
      await ended(vision, operation)
      for (const answer of [
        await audio.GET('/environments/{id}', byId(id)),
        await audio.GET('/environments/{id}/outputs', byId(id)),
        await audio.DELETE('/environments/{id}', byId(id)),
        await audio.GET('/operations/{id}', byId(operation.id)),
        await audio.GET('/operations/{id}/events', byId(operation.id)),
        await audio.GET('/operations/{id}/events', { ...byId(operation.id), headers: { accept: 'text/event-stream' } })
      ]) { expect([answer.response.status, answer.error]).toMatchObject([404, { code: 'not-found' }]) }
      expect((await audio.GET('/environments', { params: { query: { team: 'vision' } } })).data?.items).toEqual([])
      expect((await vision.GET('/environments', {})).data?.items.map((item) => item.id)).toEqual([id])
      expect((await vision.GET('/environments/{id}/outputs', byId(id))).response.status).toBe(200)

      for (const answer of [
        await audio.PUT('/teams/{team}', { params: { path: { team: 'audio' } }, body: { placement: PLACEMENT } }),
        await audio.GET('/teams', {}),
        await audio.GET('/keys', {}),
        await audio.POST('/keys', { body: { name: 'mine', scope: 'admin' } }),
        await audio.GET('/sandbox/resources', {}),
        await audio.DELETE('/sandbox/faults', {})
      ]) { expect([answer.response.status, answer.error]).toMatchObject([403, { code: 'forbidden' }]) }

      // Another's team and nobody's are refused in the same words.
      const words = async (caller: BatchyardClient, team: string): Promise<unknown> => {
        const { error } = await caller.POST('/environments', { body: { ...SPEC, team } })
        expect(error).toMatchObject({ status: 403, code: 'unknown-team' })
        return error?.detail.replaceAll(team, 'TEAM')
      }
      expect(await words(audio, 'vision')).toBe(await words(audio, 'nobody'))
      expect(await words(client, 'nobody')).toBe(await words(audio, 'nobody'))

      expect((await client.DELETE('/keys/{id}', byId(keys[1].id))).response.status).toBe(204)
      expect((await audio.GET('/environments', {})).response.status).toBe(401)
      const { data: listed } = await client.GET('/keys', {})
      const stored = await service.context.database.db.selectFrom('keys').selectAll().execute()
      for (const secret of [ADMIN_KEY, keys[0].token, keys[1].token]) {
        for (const place of [listed, stored, stored.map(({ hash }) => hash.toString()), log]) {
          expect(JSON.stringify(place)).not.toContain(secret)
        }
      }
    }, CLOSED)
  })

  test('lets a spec reach nothing beyond its environment until the team\'s guardrails say so', async () => {
    await withService(async ({ client }) => {
      const repository = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/models'
      const reaching = {
        ...SPEC,
        region: 'eu-west-1',
        jobs: { default: { image: `${repository}:1` } },
        network: { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d'] }
      }
      await addTeam(client, 'vision')
      const { response, error } = await client.POST('/environments', { body: reaching })
      expect([response.status, error?.code]).toEqual([403, 'outside-guardrails'])
      expect(error?.errors?.map(({ pointer }) => pointer).sort()).toEqual([
        '/jobs/default/image',
        '/network/securityGroups/0',
        '/network/subnets/0',
        '/region'
      ])
      for (const { message } of error?.errors ?? []) expect(message).toMatch(/PUT \/teams\/vision .*guardrails\./)
      expect((await client.GET('/environments', {})).data?.items).toEqual([])
      expect(await resources(client)).toEqual([])

      await addTeam(client, 'vision', {
        regions: ['eu-west-1'],
        subnets: ['subnet-0a1b2c3d'],
        securityGroups: ['sg-0a1b2c3d'],
        ecrRepositories: [repository]
      })
      expect((await client.POST('/environments', { body: reaching })).response.status).toBe(202)
    }, CLOSED)
  })

  test('is the only one there can be off the loopback address or on real AWS', async () => {
    await withDataDir(async (dataDir) => {
      await expect(launch(dataDir, { settings: { BATCHYARD_HOST: '0.0.0.0' } })).rejects.toThrow(/BATCHYARD_ADMIN_KEY/)
      await expect(launch(dataDir, { settings: { BATCHYARD_CLOUD: 'aws' } })).rejects.toThrow(/BATCHYARD_ADMIN_KEY/)
    })
    expect(() => loadConfig({ BATCHYARD_ADMIN_KEY: 'short' })).toThrow(/BATCHYARD_ADMIN_KEY/)
  })
})

describe('An open sandbox', () => {
  test('adds a team nobody has set, with guardrails everyone can see', async () => {
    await withService(async ({ client }) => {
      await post(client)
      const { data } = await client.GET('/teams/{team}', { params: { path: { team: 'vision' } } })
      expect(data).toMatchObject({
        placement: { region: 'us-east-1' },
        guardrails: { regions: ['*'], subnets: ['*'], securityGroups: ['*'], ecrRepositories: ['*'] }
      })
    })
  })

  test('is closed from the moment there is an admin key', async () => {
    await withService(async ({ base, client }) => {
      const { data: key } = await client.POST('/keys', { body: { name: 'operator', scope: 'admin' } })
      expect((await client.GET('/environments', {})).response.status).toBe(401)
      expect((await createBatchyardClient(base, key?.token).GET('/environments', {})).response.status).toBe(200)
    })
  })
})
