import { invalidFields } from '../../errors.ts'

/** Cursors are opaque to callers, so that their content may change. */
export function encodeCursor (after: string | null): string | null {
  return after === null ? null : Buffer.from(after).toString('base64url')
}

const POSITION = /^[a-z0-9_-]{1,100}$/

/**
 * @param position what the text inside a cursor of this page looks like
 * @throws Refusal `validation-failed` for a cursor this service did not make for such a page
 */
export function decodeCursor (cursor: string | undefined, position = POSITION): string | undefined {
  if (cursor === undefined) return undefined
  const after = Buffer.from(cursor, 'base64url').toString()
  if (!position.test(after) || encodeCursor(after) !== cursor) {
    throw invalidFields([{ pointer: '#query/cursor', message: 'is not a cursor of a page' }])
  }
  return after
}
