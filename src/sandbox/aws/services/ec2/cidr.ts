import type { Rule } from '../../model/fields.ts'

/** A range of IPv4 addresses: its first address as a number, and how many there are. */
interface Range { first: number, size: number }

/** EC2 takes blocks of 16 to 65,536 addresses for VPCs and subnets. */
const LARGEST_MASK = 28
const SMALLEST_MASK = 16

function rangeOf (cidr: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr)
  if (!match) return undefined
  const [a = 0, b = 0, c = 0, d = 0, mask = 0] = match.slice(1).map(Number)
  if ([a, b, c, d].some((byte) => byte > 255) || mask > 32) return undefined
  const size = 2 ** (32 - mask)
  const first = ((a * 256 + b) * 256 + c) * 256 + d
  return { first: first - first % size, size }
}

/** The provider's rule for the block of a VPC or subnet. */
export const networkBlock: Rule = (value) => {
  const mask = Number(String(value).split('/')[1])
  if (rangeOf(String(value)) === undefined) return `"${String(value)}" is not a valid IPv4 CIDR block`
  return mask >= SMALLEST_MASK && mask <= LARGEST_MASK
    ? undefined
    : `expected "%s" to contain a network Value with between ${SMALLEST_MASK} and ${LARGEST_MASK} significant bits, ` +
      `got: ${mask}`
}

/** Whether every address of the inner block is one of the outer. */
export function contains (outer: string, inner: string): boolean {
  const [out, within] = [rangeOf(outer), rangeOf(inner)]
  return out !== undefined && within !== undefined &&
    within.first >= out.first && within.first + within.size <= out.first + out.size
}

/** Whether two blocks share an address. */
export function overlap (one: string, other: string): boolean {
  return contains(one, other) || contains(other, one)
}
