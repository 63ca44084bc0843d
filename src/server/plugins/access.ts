import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Refusal } from '../../errors.ts'
import type { Caller } from '../../operations/access/caller.ts'
import type { ApiKeyStore } from '../../operations/access/api-keys.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key the request carries; set in every scope that needs a key. */
    caller: Caller
    /** Whether the key is still valid, for answers that last. True while the database does not answer. */
    isStillAllowed: () => Promise<boolean>
  }
  interface FastifyInstance {
    /** Registers routes that any valid key may call; each sees its own team's environments only. */
    forCallers: (routes: (scope: FastifyInstance) => Promise<void>) => Promise<void>
    /** Registers routes for admins. */
    forAdmins: (routes: (scope: FastifyInstance) => Promise<void>) => Promise<void>
  }
}

const ADMIN: Caller = Object.freeze({ scope: 'admin' })

/**
 * Access by scope of routes: a route is open to callers or to admins by where it is registered.
 * @param isOpen whether a request without a key counts as an admin's: in the sandbox on a loopback address, without an
 *   admin key
 */
export const access = fp<{ apiKeys: ApiKeyStore, isOpen: () => Promise<boolean> }>(async (app, { apiKeys, isOpen }) => {
  app.decorateRequest('caller', null as never)

  async function callerOf ({ headers: { authorization } }: FastifyRequest): Promise<Caller | undefined> {
    if (authorization === undefined && await isOpen()) return ADMIN
    const token = /^Bearer ([\w.~+/=-]{1,512})$/i.exec(authorization ?? '')?.[1]
    return token === undefined ? undefined : apiKeys.identify(token)
  }

  // Without the database nothing more is sent anyway; the key is checked again when the database answers.
  app.decorateRequest('isStillAllowed', async function () {
    return callerOf(this).then((caller) => caller !== undefined, () => true)
  })

  async function identify (request: FastifyRequest): Promise<void> {
    const header = request.headers.authorization
    const caller = await callerOf(request)
    if (!caller) {
      throw new Refusal(
        'unauthenticated',
        header === undefined ? 'send `Authorization: Bearer <key>`' : 'the key is not valid'
      )
    }
    request.caller = caller
  }

  async function requireAdmin (request: FastifyRequest): Promise<void> {
    if (request.caller.scope !== 'admin') throw new Refusal('forbidden', 'only an admin key may do that')
  }

  app.decorate('forCallers', async (routes) => {
    await app.register(async (scope) => {
      scope.addHook('onRequest', identify)
      await routes(scope)
    })
  })
  app.decorate('forAdmins', async (routes) => {
    await app.register(async (scope) => {
      scope.addHook('onRequest', identify)
      scope.addHook('onRequest', requireAdmin)
      await routes(scope)
    })
  })
}, { name: 'access' })
