import { EngineError } from '../errors.ts'

/** A step into a value: a property's name, the place in a list, or `*`, which stands for all of them. */
export type PathPart = string | number

const part = /\.?([^.[\]"]+)|\[(\d+)\]|\[\*\]|\.?\["((?:[^"\\]|\\.)*)"\]/y

/**
 * Reads a property path (`a.b[0].*`, `a["b.c"]`) as the options ignoreChanges and replaceOnChanges and detailed diffs
 * have it (sdk/go/common/resource/property_path.go).
 * @throws EngineError if the text is none
 */
export function parsePath (text: string): PathPart[] {
  const parts: PathPart[] = []
  part.lastIndex = 0
  while (part.lastIndex < text.length) {
    const at = part.lastIndex
    const match = part.exec(text)
    if (match === null) throw new EngineError(`'${text}' is no property path: it can't be read from character ${at} on`)
    const [, name, index, quoted] = match
    if (name !== undefined) parts.push(name)
    else if (index !== undefined) parts.push(Number(index))
    else parts.push(quoted === undefined ? '*' : quoted.replace(/\\(.)/g, '$1'))
  }
  return parts
}

/** Whether `inner` is `outer` or lies within it; `*` in `outer` stands for any part. */
export const containsPath = (outer: readonly PathPart[], inner: readonly PathPart[]): boolean =>
  outer.length <= inner.length && outer.every((wanted, index) => wanted === '*' || wanted === inner[index])
