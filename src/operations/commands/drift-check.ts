import type { Operation } from '../../schemas/operation.ts'
import type { Requester } from '../access/requester.ts'
import type { Context } from '../context.ts'
import { presentOperation } from '../reads/present.ts'
import { visibleEnvironment } from '../reads/queries.ts'
import { enqueueFor, environmentToRead, transact } from './transaction.ts'

/**
 * Enqueues a drift check; it runs beside any other operation.
 * @throws Refusal `environment-deleted`
 */
export async function requestDriftCheck (context: Context, requester: Requester, id: string): Promise<Operation> {
  await visibleEnvironment(context, requester.caller, id)
  return transact(context, requester, async (scope) => {
    const environment = await environmentToRead(scope.trx, id)
    return presentOperation(await enqueueFor(scope, { environment, kind: 'drift-check', input: {} }))
  })
}
