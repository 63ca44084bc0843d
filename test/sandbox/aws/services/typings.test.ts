import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ArgumentFields } from '../../../../src/sandbox/aws/model/fields.ts'
import { resourceTypes } from '../../../../src/sandbox/aws/services/index.ts'

const home = dirname(createRequire(import.meta.url).resolve('@pulumi/aws/package.json'))
const declarationsOf = (file: string): string =>
  readFileSync(join(home, file), 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\//g, '')
const inputs = declarationsOf('types/input.d.ts')

/** The interfaces of nested arguments in one module, by name. */
function nestedOf (module: string): (name: string) => string[] | undefined {
  const start = inputs.indexOf(`export declare namespace ${module} {`)
  const body = inputs.slice(start, inputs.indexOf('\n}', start))
  return (name) => {
    const from = body.indexOf(`    interface ${name} {`)
    if (from < 0) return undefined
    return [...body.slice(from, body.indexOf('\n    }', from)).matchAll(/^ {8}(\w+)\??:/gm)].map(
      (match) => match[1] ?? ''
    )
  }
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)
const singular = (name: string): string => name.replace(/ies$/, 'y').replace(/(?<!s)s$/, '')

/** What each nested block knows, and what its interface has. */
function compareBlocks (
  find: (name: string) => string[] | undefined,
  owner: string,
  fields: ArgumentFields
): { block: string, known: string[], typed: string[] }[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const inner = field.kind === 'list' ? field.of : field
    if (inner.kind !== 'block') return []
    const block =
      [key, singular(key)].map((name) => owner + capital(name)).find((name) => find(name)) ?? `${owner}${capital(key)}`
    const known = [...Object.keys(inner.fields), ...(inner.unsupported ?? [])].sort()
    return [{ block, known, typed: (find(block) ?? []).sort() }, ...compareBlocks(find, block, inner.fields)]
  })
}

/** Property names of one interface or class in the declarations of @pulumi/aws. */
function namesIn (source: string, opening: RegExp, line: RegExp): string[] {
  const body = source.slice(source.search(opening))
  const end = body.search(/\n\}/)
  return [...body.slice(0, end).matchAll(line)].map((match) => match[1] ?? '')
}

describe.each([...resourceTypes.values()].map((type) => ({ token: type.token, type })))('$token', ({ token, type }) => {
  const module = token.split(':')[1] ?? ''
  const source = declarationsOf(`${module}.d.ts`)
  const args = namesIn(source, /export interface \w+Args \{/, /^ {4}(\w+)\??: /gm)
  const outputs = namesIn(source, /export declare class /, /^ {4}readonly (\w+): /gm)

  it('simulates or refuses by name every argument of the typings, and no other', () => {
    const known = [...Object.keys(type.fields).filter((key) => key !== 'tagsAll'), ...type.unsupported]
    expect(known.sort()).toEqual(args.sort())
  })

  it('does so inside nested blocks too', () => {
    for (const { block, known, typed } of compareBlocks(
      nestedOf(module.split('/')[0] ?? ''),
      token.split(':')[2] ?? '',
      type.fields
    )) {
      expect(known, block).toEqual(typed)
    }
  })

  it('has outputs of the typings only', () => {
    expect(outputs).toEqual(expect.arrayContaining([...Object.keys(type.fields), ...type.computed]))
  })
})
