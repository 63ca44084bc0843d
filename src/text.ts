import { stripVTControlCharacters } from 'node:util'
import { isRecord } from './engine/json.ts'

const MAX_LENGTH = 4096

/**
 * Text as it may be stored: without colours, without control characters other than line ends and tabs, and well-formed.
 * Postgres refuses a NUL and half a surrogate pair in JSON, and then the operation that says so could never be finished.
 */
export const legible = (text: string): string =>
  stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]/gu, '').toWellFormed()

/** A message as it may be stored and shown: legible, no surrounding space, of at most `limit` UTF-16 units. */
export function presentable (message: string, limit: number = MAX_LENGTH): string {
  // The engine's own markup (`<{%reset%}>`) is there even with colours off.
  const text = legible(message).replace(/<\{%[^%]*%\}>/g, '').trim()
  // The cut may go through a pair.
  return text.length > limit ? `${text.slice(0, limit - 1).toWellFormed()}…` : text
}

/** A JSON value with all its texts legible, names of fields included; none is cut. */
export function legibleValue (value: unknown): unknown {
  if (typeof value === 'string') return legible(value)
  if (Array.isArray(value)) return value.map(legibleValue)
  return isRecord(value) ? legibleRecord(value) : value
}

export const legibleRecord = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).map(([name, item]) => [legible(name), legibleValue(item)]))
