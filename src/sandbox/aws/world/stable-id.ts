import { createHash } from 'node:crypto'

/** A stable AWS-like id: `prefix-` and 17 hexadecimal digits of the hash of what it stands for. */
export function stableId (prefix: string, ...of: string[]): string {
  return `${prefix}-0${createHash('sha256').update(of.join('|')).digest('hex').slice(0, 16)}`
}
