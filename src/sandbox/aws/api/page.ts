interface Paging<T> {
  size: number
  /** The token of the page before; '' for the first. */
  after: string
  keyOf: (entry: T) => string
}

/**
 * One page of a list, and the token for the next when there is one. A token is the key of the page's last entry; where
 * that has gone meanwhile the list begins anew, as AWS may repeat entries too.
 */
export function pageOf<T> (entries: readonly T[], { size, after, keyOf }: Paging<T>): { page: T[], next?: string } {
  const from = after === '' ? 0 : entries.findIndex((entry) => keyOf(entry) === after) + 1
  const page = entries.slice(from, from + size)
  const last = page.at(-1)
  return { page, ...(last !== undefined && from + size < entries.length && { next: keyOf(last) }) }
}
