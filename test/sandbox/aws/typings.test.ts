import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resourceTypes } from '../../../src/sandbox/aws/services/index.ts'

const home = dirname(createRequire(import.meta.url).resolve('@pulumi/aws/package.json'))

/** Property names of one interface or class in the declarations of @pulumi/aws. */
function namesIn (source: string, opening: RegExp, line: RegExp): string[] {
  const body = source.slice(source.search(opening))
  const end = body.search(/\n\}/)
  return [...body.slice(0, end).matchAll(line)].map((match) => match[1] ?? '')
}

describe.each([...resourceTypes.values()].map((type) => ({ token: type.token, type })))('$token', ({ token, type }) => {
  const module = token.split(':')[1] ?? ''
  const source = readFileSync(join(home, `${module}.d.ts`), 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\//g, '')
  const args = namesIn(source, /export interface \w+Args \{/, /^ {4}(\w+)\??: /gm)
  const outputs = namesIn(source, /export declare class /, /^ {4}readonly (\w+): /gm)

  it('simulates or refuses by name every argument of the typings, and no other', () => {
    const known = [...Object.keys(type.fields).filter((key) => key !== 'tagsAll'), ...type.noSim]
    expect(known.sort()).toEqual(args.sort())
  })

  it('has outputs of the typings only', () => {
    expect(outputs).toEqual(expect.arrayContaining([...Object.keys(type.fields), ...type.computed]))
  })
})
