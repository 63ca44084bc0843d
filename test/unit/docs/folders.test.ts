import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ROOT, documents } from './documents.ts'

/** Folders that hold files, with a slash at the end. */
function foldersIn (folder: string): string[] {
  const entries = readdirSync(`${ROOT}${folder}`, { withFileTypes: true })
  const below = entries.filter((entry) => entry.isDirectory()).flatMap(({ name }) => foldersIn(`${folder}${name}/`))
  return entries.some((entry) => entry.isFile()) ? [folder, ...below] : below
}

describe('the folder table in docs/architecture.md', () => {
  const text = documents().find(({ path }) => path === 'docs/architecture.md')?.text ?? ''
  const rows = [...text.matchAll(/^\| `(src\/[^`]*)` \| (.*) \|$/gm)]

  test('names every folder under src that holds files, and no other', () => {
    expect(rows.map(([, folder]) => folder).sort()).toEqual(foldersIn('src/').sort())
  })

  test('gives every folder a purpose', () => {
    expect(rows.filter(([, , purpose = '']) => purpose.trim().length < 10)).toEqual([])
  })
})
