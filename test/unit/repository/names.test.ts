import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')
const EXPORT = /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*? ?|const |class |interface |type )(\w+)/gm
/** Every command of the simulated engine is a module with one interface: it exports `run`. */
const COMMANDS = 'src/sandbox/engine/commands/'

/** The files that declare each exported name; a schema and its type have one name in one file. */
function declarations (): Map<string, Set<string>> {
  const files = new Map<string, Set<string>>()
  for (const file of globSync('src/**/*.ts', { cwd: ROOT })) {
    for (const [, name = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(EXPORT)) {
      if (name === 'run' && file.startsWith(COMMANDS)) continue
      files.set(name, (files.get(name) ?? new Set()).add(file))
    }
  }
  return files
}

test('an exported name is declared in one file of src/', () => {
  const shared = [...declarations()].filter(([, files]) => files.size > 1)
  expect(shared.map(([name, files]) => `${name}: ${[...files].join(', ')}`)).toEqual([])
})
