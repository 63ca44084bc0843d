import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ROOT, documents } from './documents.ts'

const MIGRATIONS = `${ROOT}src/store/migrations/`

/** The names of the tables once every migration was applied, and the table of the migrations themselves. */
function tables (): Set<string> {
  const names = new Set(['migrations'])
  const statements = readdirSync(MIGRATIONS).sort().map((file) => readFileSync(MIGRATIONS + file, 'utf8')).join('\n')
  for (const [, created, old, renamed] of statements.matchAll(
    /^create table (\w+)|^alter table (\w+) rename to (\w+)/gm
  )) {
    if (old !== undefined) names.delete(old)
    names.add(created ?? renamed ?? '')
  }
  return names
}

test('the table of tables in docs/architecture.md names those that the migrations make', () => {
  const text = documents().find(({ path }) => path === 'docs/architecture.md')?.text ?? ''
  const section = /^## Tables$(.*?)^## /ms.exec(text)?.[1] ?? ''
  const named = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  expect(named.sort()).toEqual([...tables()].sort())
})
