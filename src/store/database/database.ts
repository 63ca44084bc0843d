import type { Kysely } from 'kysely'
import type { ConstructorOptions } from 'pg-boss'
import type { Tables } from '../tables.ts'

/** What the store logs: the part of pino's logger it uses. */
export interface StoreLog {
  info (details: object, message: string): void
  warn (details: object, message: string): void
  error (details: object, message: string): void
}

export interface Listener {
  close (): Promise<void>
}

/** Receives a notification's payload. Must not throw, and must handle the errors of whatever it starts. */
export type OnNotify = (payload: string) => void

/** An open database, embedded or a server. Outside this folder no code needs to know which. */
export interface Database {
  readonly kind: 'pglite' | 'postgres'
  readonly db: Kysely<Tables>
  /** How pg-boss reaches the same database. */
  readonly boss: ConstructorOptions
  /** Runs several statements without values; a script that fails leaves no transaction open. */
  script (text: string): Promise<void>
  /**
   * Calls `onNotify` for every NOTIFY on the channel. After a lost connection was opened again `onReconnect` is
   * called: notifications sent meanwhile were not received, so read the tables.
   */
  listen (channel: string, onNotify: OnNotify, onReconnect?: () => void): Promise<Listener>
  /** Rejects when the database does not answer. */
  ping (): Promise<void>
  /** Idempotent. What uses the database (the queue, listeners) must have ended before. */
  close (): Promise<void>
}
