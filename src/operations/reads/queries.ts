import { Refusal } from '../../errors.ts'
import type { Environment, Outputs } from '../../schemas/environment.ts'
import type { OperationEvent } from '../../schemas/event.ts'
import type { Operation } from '../../schemas/operation.ts'
import type { EnvironmentFilter, EnvironmentPage, OperationPage, PageQuery } from '../../schemas/page.ts'
import { environmentById, outputsById, pageOfEnvironments } from '../../store/queries/environments.ts'
import { pageOfEvents, stepsOf } from '../../store/queries/events.ts'
import { newestOperations, operationById, pageOfOperations } from '../../store/queries/operations.ts'
import type { EnvironmentRow, OperationRow } from '../../store/tables.ts'
import { teamOf, type Caller } from '../access/caller.ts'
import type { Context } from '../context.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { presentEnvironment, presentEvent, presentOperation } from './present.ts'

type Reading = Pick<Context, 'database'>

/** @throws Refusal `not-found` for what is not there and, alike, for what is another team's */
export async function visibleEnvironment ({ database }: Reading, caller: Caller, id: string): Promise<EnvironmentRow> {
  return visible(await environmentById(database.db, id), caller, id)
}

function visible<Row extends Pick<EnvironmentRow, 'team'>> (row: Row | undefined, caller: Caller, id: string): Row {
  const team = teamOf(caller)
  if (!row || (team !== undefined && row.team !== team)) throw new Refusal('not-found', `there is no environment ${id}`)
  return row
}

/** @throws Refusal `not-found` for what is not there and, alike, for what is another team's */
export async function visibleOperation ({ database }: Reading, caller: Caller, id: string): Promise<OperationRow> {
  const row = await operationById(database.db, id)
  const team = teamOf(caller)
  if (!row || (team !== undefined && row.team !== team)) throw new Refusal('not-found', `there is no operation ${id}`)
  return row
}

export async function getEnvironment (context: Reading, caller: Caller, id: string): Promise<Environment> {
  const row = await visibleEnvironment(context, caller, id)
  const newest = await newestOperations(context.database.db, [id])
  return presentEnvironment(row, newest.get(id))
}

/** @throws Refusal `outputs-not-ready` where there are none that hold: it was never ready, or a delete has begun */
export async function getOutputs ({ database }: Reading, caller: Caller, id: string): Promise<Outputs> {
  const { outputs, phase } = visible(await outputsById(database.db, id), caller, id)
  // A delete takes away what the outputs name, resource by resource.
  if (outputs !== null && phase !== 'deleting') return outputs
  throw new Refusal(
    'outputs-not-ready',
    `the environment's phase is ${phase}`,
    phase === 'creating' ? { retryAfter: 5 } : {}
  )
}

/** A page of what the caller may see. */
export async function listEnvironments (
  { database }: Reading,
  caller: Caller,
  filter: EnvironmentFilter
): Promise<EnvironmentPage> {
  const { cursor, limit = 50, label = [], ...wanted } = filter
  const labels = label.map(labelOf)
  const { rows, next } = await pageOfEnvironments(database.db, {
    ...wanted,
    labels,
    visibleTo: teamOf(caller),
    after: decodeCursor(cursor),
    limit
  })
  const newest = await newestOperations(
    database.db,
    rows.map((row) => row.id)
  )
  return { items: rows.map((row) => presentEnvironment(row, newest.get(row.id))), next: encodeCursor(next) }
}

/** A label as a filter writes it, `key=value`: the first `=` ends the key. */
function labelOf (text: string): readonly [key: string, value: string] {
  const at = text.indexOf('=')
  return [text.slice(0, at), text.slice(at + 1)]
}

export async function getOperation (context: Reading, caller: Caller, id: string): Promise<Operation> {
  const row = await visibleOperation(context, caller, id)
  return presentOperation(row, await stepsOf(context.database.db, id))
}

const SERIAL = /^[0-9]{1,15}$/

/** A page of the environment's operations of every kind, newest first. */
export async function listOperations (
  context: Reading, caller: Caller, { id, cursor, limit = 50 }: PageQuery & { readonly id: string }
): Promise<OperationPage> {
  await visibleEnvironment(context, caller, id)
  const after = decodeCursor(cursor, SERIAL)
  const { rows, next } = await pageOfOperations(context.database.db, id, {
    limit,
    after: after === undefined ? undefined : Number(after)
  })
  return { items: rows.map((row) => presentOperation(row)), next: encodeCursor(next === null ? null : String(next)) }
}

/** Events after the id `after`, oldest first; `next` is the `after` of the next page, null while there is none. */
export async function listEvents (
  context: Reading, caller: Caller, { operationId, after, limit }: { operationId: string, after: number, limit: number }
): Promise<{ items: OperationEvent[], next: string | null }> {
  await visibleOperation(context, caller, operationId)
  const rows = await pageOfEvents(context.database.db, operationId, { after, limit: limit + 1 })
  const page = rows.slice(0, limit)
  return { items: page.map(presentEvent), next: rows.length > limit ? String(page.at(-1)?.id) : null }
}
