import type pg from 'pg'
import type { Listener, StoreLog, OnNotify } from './database.ts'

const FIRST_RETRY_MILLISECONDS = 200
const LAST_RETRY_MILLISECONDS = 10_000
/** How often a connection is checked with a query, and how long the answer may take. */
const HEARTBEAT_MILLISECONDS = 10_000
const HEARTBEAT_ANSWER_MILLISECONDS = 5_000

interface Subscription {
  readonly channel: string
  readonly onNotify: OnNotify
  readonly onReconnect: (() => void) | undefined
}

interface NotificationsOptions {
  readonly connect: () => pg.Client
  readonly log: StoreLog
}

export interface Notifications {
  listen (channel: string, onNotify: OnNotify, onReconnect?: () => void): Promise<Listener>
  close (): Promise<void>
}

/** One connection that listens on every channel asked for, opened with the first and replaced when it is lost. */
export function createNotifications (options: NotificationsOptions): Notifications {
  return new Connection(options)
}

class Connection implements Notifications {
  readonly #options: NotificationsOptions
  readonly #subscriptions = new Set<Subscription>()
  #opening: Promise<pg.Client> | undefined
  #timer: NodeJS.Timeout | undefined
  #retryMilliseconds = FIRST_RETRY_MILLISECONDS
  #closed = false

  constructor (options: NotificationsOptions) {
    this.#options = options
  }

  async listen (channel: string, onNotify: OnNotify, onReconnect?: () => void): Promise<Listener> {
    const subscription = { channel, onNotify, onReconnect }
    this.#subscriptions.add(subscription)
    try {
      const client = await (this.#opening ??= this.#open())
      await client.query(`listen ${client.escapeIdentifier(channel)}`)
    } catch (error) {
      this.#subscriptions.delete(subscription)
      throw error
    }
    return { close: async () => { this.#subscriptions.delete(subscription) } }
  }

  async close (): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#subscriptions.clear()
    const opening = this.#opening
    this.#opening = undefined
    const client = await opening?.catch(() => undefined)
    await client?.end()
  }

  async #open (): Promise<pg.Client> {
    const client = this.#options.connect()
    client.on('error', () => {})
    try {
      await client.connect()
      client.on('notification', ({ channel, payload }) => this.#deliver(channel, payload ?? ''))
      for (const channel of new Set([...this.#subscriptions].map((each) => each.channel))) {
        await client.query(`listen ${client.escapeIdentifier(channel)}`)
      }
    } catch (error) {
      this.#opening = undefined
      await client.end().catch(() => {})
      throw error
    }
    client.on('error', (error) => this.#lost(client, error))
    client.on('end', () => this.#lost(client, undefined))
    this.#retryMilliseconds = FIRST_RETRY_MILLISECONDS
    this.#sendHeartbeats(client)
    return client
  }

  #deliver (channel: string, payload: string): void {
    for (const subscription of this.#subscriptions) {
      if (subscription.channel === channel) this.#call(channel, () => subscription.onNotify(payload))
    }
  }

  #call (channel: string, callback: () => void): void {
    try {
      callback()
    } catch (error) {
      this.#options.log.error({ err: error, channel }, 'a listener failed')
    }
  }

  #lost (client: pg.Client, error: Error | undefined): void {
    client.removeAllListeners()
    client.on('error', () => {})
    client.end().catch(() => {})
    if (this.#closed) return
    this.#options.log.warn({ err: error }, 'the connection for notifications was lost')
    this.#opening = undefined
    this.#retry()
  }

  #retry (): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#reopen().catch((error: unknown) => {
        this.#options.log.warn({ err: error }, 'the connection for notifications cannot be opened')
        if (!this.#closed) this.#retry()
      })
    }, this.#retryMilliseconds).unref()
    this.#retryMilliseconds = Math.min(this.#retryMilliseconds * 2, LAST_RETRY_MILLISECONDS)
  }

  async #reopen (): Promise<void> {
    await (this.#opening ??= this.#open())
    for (const { channel, onReconnect } of this.#subscriptions) {
      if (onReconnect) this.#call(channel, onReconnect)
    }
  }

  /** A connection can be lost without an error (an unplugged cable); without queries a listener would never notice. */
  #sendHeartbeats (client: pg.Client): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => {
      const deadline = setTimeout(
        () => this.#lost(client, new Error('no answer to the heartbeat')),
        HEARTBEAT_ANSWER_MILLISECONDS
      ).unref()
      client.query('select 1').then(() => this.#sendHeartbeats(client), () => {}).finally(() => clearTimeout(deadline))
    }, HEARTBEAT_MILLISECONDS).unref()
  }
}
