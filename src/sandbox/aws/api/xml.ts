import type { Props, Value } from '../values.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;'
}
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Elements of these names: a block nests, a list repeats its element, everything else is text. */
function elements (content: Props): string {
  return Object.entries(content).map(([name, value]) => Array.isArray(value)
    ? value.map((entry) => element(name, entry)).join('')
    : element(name, value)).join('')
}

export function element (name: string, value: Value, attributes = ''): string {
  const inner =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? elements(value) : escape(String(value ?? ''))
  return `<${name}${attributes}>${inner}</${name.split(' ')[0] ?? name}>`
}

const escape = (source: string): string => source.replace(/[&<>"\r]/g, (character) => ESCAPES[character] ?? character)

const unescape = (source: string): string =>
  source.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole, ...[hex, decimal, name]: (string | undefined)[]) => {
      if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16))
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
      return ENTITIES[name ?? ''] ?? whole
    }
  )

/** The contents of all elements of that name, for requests in which no element holds another of its own name. */
export function childrenOf (source: string, name: string): string[] {
  return [...source.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>(.*?)</${name}>`, 'gs'))].map(([, inner = '']) => inner)
}

/** The text of the first element of that name; '' when there is none. */
export function elementText (source: string, name: string): string {
  return unescape(childrenOf(source, name)[0] ?? '')
}
