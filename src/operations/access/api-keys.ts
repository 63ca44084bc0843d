import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { Refusal, invalidFields } from '../../errors.ts'
import type { Key, KeyInput } from '../../schemas/key.ts'
import type { Database } from '../../store/database/database.ts'
import type { Ids } from '../../store/ids.ts'
import { KEYS_CHANNEL, allKeys, deleteKey, insertKey, keyById } from '../../store/queries/keys.ts'
import type { Queryable } from '../../store/sql.ts'
import type { KeyRow } from '../../store/tables.ts'
import type { Caller } from './caller.ts'

/** The API's keys. A token is `by.<key id>.<256 random bits>`; the database has its SHA-256 only. */
export interface ApiKeyStore {
  /** Resolves to the caller a token stands for, or undefined. */
  identify (token: string): Promise<Caller | undefined>
  /** In the request's transaction, so that a repeated request is answered with the same key. */
  create (trx: Queryable, input: KeyInput): Promise<Key & { token: string }>
  list (): Promise<Key[]>
  /** @throws Refusal `not-found` */
  revoke (id: string): Promise<void>
  /** Whether there is a key for admins. */
  hasAdmin (): Promise<boolean>
  close (): Promise<void>
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

/** A replica that missed a notification must not accept a revoked key for longer, so its cache is this old at most. */
const CACHE_MILLISECONDS = 5_000

/**
 * Keeps all keys in memory, and reads them again when the database notifies of a change: a request is authenticated
 * without a query, and only an unknown key costs one.
 * @param adminKey the first admin's key, from the settings
 */
export async function openApiKeyStore (
  database: Database, ids: Ids, adminKey: string | undefined
): Promise<ApiKeyStore> {
  const adminHash = adminKey === undefined ? undefined : sha256(adminKey)
  let cache: { keys: Promise<Map<string, KeyRow>>, until: number } | undefined
  const clearCache = (): void => { cache = undefined }
  const listener = await database.listen(KEYS_CHANNEL, clearCache, clearCache)

  function keys (): Promise<Map<string, KeyRow>> {
    if (cache && cache.until > performance.now()) return cache.keys
    const loading = allKeys(database.db).then((rows) => new Map(rows.map((row) => [row.id, row])))
    loading.catch(clearCache)
    cache = { keys: loading, until: performance.now() + CACHE_MILLISECONDS }
    return loading
  }

  return {
    async identify (token) {
      const hash = sha256(token)
      if (adminHash && timingSafeEqual(hash, adminHash)) return { scope: 'admin' }
      const id = token.split('.')[1]
      if (id === undefined) return undefined
      // The notification of a new key, made here or by another replica, may not have arrived yet.
      const key = (await keys()).get(id) ?? await keyById(database.db, id)
      return key && timingSafeEqual(hash, key.hash) ? callerOf(key) : undefined
    },
    async create (trx, input) {
      const team = teamFor(input)
      const id = ids.key()
      const token = `by.${id}.${randomBytes(32).toString('base64url')}`
      const result = await insertKey(trx, { id, hash: sha256(token), scope: input.scope, team, name: input.name })
      if (result.outcome === 'unknown-team') throw wrongTeam(`there is no team ${team}; PUT /teams/${team} first`)
      clearCache()
      return { ...present(result.key), token }
    },
    list: async () => (await allKeys(database.db)).map(present),
    async revoke (id) {
      const found = await deleteKey(database.db, id)
      clearCache()
      if (!found) throw new Refusal('not-found', `there is no key ${id}`)
    },
    hasAdmin: async () => adminHash !== undefined || [...(await keys()).values()].some((key) => key.scope === 'admin'),
    close: async () => { await listener.close() }
  }
}

function wrongTeam (message: string): Refusal {
  return invalidFields([{ pointer: '/team', message }])
}

function teamFor ({ scope, team }: KeyInput): string | null {
  if (scope === 'admin' && team !== undefined) throw wrongTeam('must be left out: an admin key belongs to no team')
  if (scope === 'team' && team === undefined) throw wrongTeam('is required with scope team')
  return team ?? null
}

function callerOf ({ scope, team }: KeyRow): Caller | undefined {
  if (scope === 'admin') return { scope }
  return team === null ? undefined : { scope, team }
}

function present ({ id, name, scope, team, created_at: createdAt }: KeyRow): Key {
  return { id, name, scope, team, createdAt: createdAt.toISOString() }
}
