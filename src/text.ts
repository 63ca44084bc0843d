import { stripVTControlCharacters } from 'node:util'

/** In UTF-16 units. */
const MAX_MESSAGE_LENGTH = 4096

/**
 * Text without what Postgres stores neither in `text` nor in `jsonb`: NUL is left out, and half a surrogate pair
 * becomes U+FFFD. A statement that holds either fails, each time it is tried.
 */
export const stripUnstorable = (text: string): string => text.replaceAll('\u0000', '').toWellFormed()

/** Text without terminal colours and without control characters other than line ends and tabs; it can be stored. */
export const stripControlCharacters = (text: string): string =>
  stripUnstorable(stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]/gu, ''))

/** A message from outside, fit to be shown: no control characters, no space around it, at most `limit` UTF-16 units. */
export function sanitizeMessage (message: string, limit: number = MAX_MESSAGE_LENGTH): string {
  // The engine's own markup (`<{%reset%}>`) is there even with colours off.
  const text = stripControlCharacters(message).replace(/<\{%[^%]*%\}>/g, '').trim()
  // The cut may go through a surrogate pair.
  return text.length > limit ? `${text.slice(0, limit - 1).toWellFormed()}…` : text
}

/** A JSON value with `clean` applied to all its texts, names of fields included; nothing else of it changes. */
export function mapTexts<T> (value: T, clean: (text: string) => string): T {
  return mapped(value, clean) as T
}

function mapped (value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map((item) => mapped(item, clean))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [clean(name), mapped(item, clean)]))
}
