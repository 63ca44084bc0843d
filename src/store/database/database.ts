import type { Kysely } from 'kysely'
import type { ConstructorOptions } from 'pg-boss'
import type { Tables } from '../tables.ts'

/** What the store logs: the part of pino's logger it uses. */
export interface Log {
  info (details: object, message: string): void
  warn (details: object, message: string): void
  error (details: object, message: string): void
}

export interface Listener {
  close (): Promise<void>
}

/** Receives a notification's payload. Must not throw; whatever it starts it also awaits or catches. */
export type OnNotify = (payload: string) => void

/** An open database, embedded or a server; past this file nobody needs to know which. */
export interface Database {
  readonly kind: 'pglite' | 'postgres'
  readonly db: Kysely<Tables>
  /** How pg-boss reaches the same database. */
  readonly boss: ConstructorOptions
  /** Runs several statements without values; a script that fails leaves no transaction open. */
  script (text: string): Promise<void>
  /**
   * Calls `onNotify` for every NOTIFY on the channel. After the connection was lost and found again `onReconnect` is
   * called: notifications sent meanwhile are gone, so look at the tables.
   */
  listen (channel: string, onNotify: OnNotify, onReconnect?: () => void): Promise<Listener>
  /** Rejects when the database does not answer. */
  ping (): Promise<void>
  /** Idempotent. Whoever uses the database (the queue, listeners) must have ended first. */
  close (): Promise<void>
}
