import { sql, type Kysely, type RawBuilder } from 'kysely'
import { mapTexts, stripUnstorable } from '../text.ts'
import type { Tables } from './tables.ts'

/** A database or a transaction; the first parameter of every function of the store. */
export type Queryable = Kysely<Tables>

/** Names the attempt on whose behalf a write is made; a later claim makes the write miss. */
export interface Fence {
  readonly operationId: string
  readonly attempt: number
}

/** A condition on `operations`: the row of that operation, while it has that attempt. */
export const isAttempt = ({ operationId, attempt }: Fence): RawBuilder<boolean> =>
  sql<boolean>`operations.id = ${operationId} and operations.attempt = ${attempt}`

/** A condition on `operations`: the row of that operation, while that attempt runs. */
export const isRunningAttempt = (fence: Fence): RawBuilder<boolean> =>
  sql<boolean>`${isAttempt(fence)} and operations.state = 'running'`

/**
 * The kinds of operation that change an environment, as the partial indexes list them:
 * `kind in ${CHANGING_KINDS_SQL}`.
 */
export const CHANGING_KINDS_SQL = sql`('create', 'update', 'delete')`

/** The kinds of operation that change nothing. */
export const READ_ONLY_KINDS = sql`('preview', 'drift-check')`

/**
 * As `JSON.stringify` writes a NUL or half a surrogate pair; a text with a backslash before such letters looks alike.
 */
const MAYBE_UNSTORABLE = /\\u(?:0000|d[89a-f])/

/**
 * A jsonb value as both drivers take it: node-postgres would make a Postgres array of a JavaScript one. Every jsonb is
 * written with it, so no text of the cloud, the engine or a program makes a statement fail that ends an operation.
 */
export function json<T> (value: T): RawBuilder<T> {
  const text = JSON.stringify(value)
  const storable = MAYBE_UNSTORABLE.test(text) ? JSON.stringify(mapTexts(value, stripUnstorable)) : text
  return sql<T>`${storable}::jsonb`
}

/** Like `json`, but `null` becomes SQL's null and not JSON's. */
export const jsonOrNull = <T>(value: T | null): RawBuilder<T | null> => value === null ? sql<null>`null` : json(value)

const UNIQUE_VIOLATION = '23505'

/** Whether a statement failed on that unique index or constraint; both drivers report it alike. */
export function violates (error: unknown, constraint: string): boolean {
  return error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION &&
    'constraint' in error && error.constraint === constraint
}
