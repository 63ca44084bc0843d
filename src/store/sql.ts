import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from './tables.ts'

/** A database or a transaction: every function of the store takes one first. */
export type Queryable = Kysely<Tables>

/** Names the attempt on whose behalf a write is made; a later claim makes the write miss. */
export interface Fence {
  readonly operationId: string
  readonly attempt: number
}

/** A jsonb value as both drivers take it: node-postgres would make a Postgres array of a JavaScript one. */
export const json = <T>(value: T): RawBuilder<T> => sql<T>`${JSON.stringify(value)}::jsonb`

/** Like `json`, but `null` becomes SQL's null and not JSON's. */
export const jsonOrNull = <T>(value: T | null): RawBuilder<T | null> => value === null ? sql<null>`null` : json(value)

const UNIQUE_VIOLATION = '23505'

/** Whether a statement failed on that unique index or constraint; both drivers report it alike. */
export function violates (error: unknown, constraint: string): boolean {
  return error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION &&
    'constraint' in error && error.constraint === constraint
}
