import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openApiKeyStore } from '../../../src/operations/access/api-keys.ts'
import type { Database } from '../../../src/store/database/database.ts'
import { allKeys, deleteKey, insertKey, KEYS_CHANNEL } from '../../../src/store/queries/keys.ts'
import { addTeam, pageOfTeams, teamByName, upsertTeam } from '../../../src/store/queries/teams.ts'
import { describeOnEachDatabase } from '../../support/database/databases.ts'
import { givenTeam, ids } from '../../support/database/records.ts'

const hash = (key: string) => createHash('sha256').update(key).digest()

describeOnEachDatabase('access', (use) => {
  const db = () => use().database.db

  describe('teams', () => {
    const vision = {
      name: 'vision',
      placement: { region: 'eu-central-1', accountId: '123456789012' },
      guardrails: { subnets: ['*'] }
    }

    it('are added, then replaced as a whole', async () => {
      expect(await upsertTeam(db(), vision)).toMatchObject({ created: true, team: vision })
      const changed = { name: 'vision', placement: { region: 'us-east-1' }, guardrails: {} }
      const { created, team } = await upsertTeam(db(), changed)
      expect(created).toBe(false)
      expect(team.placement).toEqual({ region: 'us-east-1' })
      expect(await teamByName(db(), 'vision')).toEqual(team)
      expect(await teamByName(db(), 'speech')).toBeUndefined()
    })

    it('stay as they are when they are only to be there', async () => {
      await upsertTeam(db(), vision)
      await addTeam(db(), { ...vision, placement: { region: 'us-east-1' } })
      expect(await teamByName(db(), 'vision')).toMatchObject(vision)
    })

    it('are listed by name in pages', async () => {
      for (const name of ['c', 'a', 'e', 'b', 'd']) await givenTeam(db(), name)
      const first = await pageOfTeams(db(), { limit: 3 })
      const second = await pageOfTeams(db(), { limit: 3, after: first.next ?? '' })
      expect(first.rows.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
      expect(second.rows.map(({ name }) => name)).toEqual(['d', 'e'])
      expect(second.next).toBeNull()
    })
  })

  describe('keys', () => {
    it('are kept as hashes, for a team or for admins', async () => {
      await givenTeam(db(), 'vision')
      const admin = { id: ids.key(), hash: hash('one'), scope: 'admin', team: null, name: 'ops' } as const
      const team = { id: ids.key(), hash: hash('two'), scope: 'team', team: 'vision', name: 'portal' } as const
      expect(await insertKey(db(), admin)).toMatchObject({ outcome: 'inserted', key: { name: 'ops', scope: 'admin' } })
      expect(await insertKey(db(), team)).toMatchObject({ outcome: 'inserted', key: { team: 'vision' } })
      const keys = await allKeys(db())
      expect(keys.map(({ id }) => id)).toEqual([team.id, admin.id])
      expect(keys.map((key) => Buffer.from(key.hash).toString('hex'))).toEqual([
        hash('two').toString('hex'),
        hash('one').toString('hex')
      ])
    })

    it('are refused for a team nobody knows', async () => {
      expect(
        await insertKey(db(), { id: ids.key(), hash: hash('x'), scope: 'team', team: 'nobody', name: 'k' })
      ).toEqual({ outcome: 'unknown-team' })
    })

    it('are known at once to a replica that has not been told of them yet', async () => {
      const { database } = use()
      const deaf: Database = { ...database, listen: async () => ({ close: async () => undefined }) }
      const apiKeys = await openApiKeyStore(deaf, ids, undefined)
      expect(await apiKeys.hasAdmin()).toBe(false)
      const other = await openApiKeyStore(database, ids, undefined)
      const { token } = await other.create(db(), { name: 'first', scope: 'admin' })
      expect(await apiKeys.identify(token)).toEqual({ scope: 'admin' })
      expect(await apiKeys.identify(`${token}x`)).toBeUndefined()
      expect(await apiKeys.identify(`by.${ids.key()}.x`)).toBeUndefined()
      await other.close()
    })

    it('tell every replica when they change', async () => {
      let told = Promise.withResolvers<string>()
      const listener = await use().database.listen(KEYS_CHANNEL, (payload) => told.resolve(payload))
      const key = { id: ids.key(), hash: hash('x'), scope: 'admin', team: null, name: 'k' } as const
      await insertKey(db(), key)
      expect(await told.promise).toBe('')
      told = Promise.withResolvers<string>()
      expect(await deleteKey(db(), key.id)).toBe(true)
      expect(await told.promise).toBe('')
      expect(await deleteKey(db(), key.id)).toBe(false)
      expect(await allKeys(db())).toEqual([])
      await listener.close()
    })
  })
})
