import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')
const MAX_CHARACTERS = 120

/** Lines of prose that are too long; tables, code blocks and lines that are one link or URL cannot be broken. */
function longLines (file: string): string[] {
  let isCode = false
  return readFileSync(join(ROOT, file), 'utf8').split('\n').flatMap((line, index) => {
    if (line.trimStart().startsWith('```')) isCode = !isCode
    const isBreakable = !isCode && !line.startsWith('|') && line.trim().includes(' ')
    return isBreakable && line.length > MAX_CHARACTERS ? [`${file}:${index + 1}`] : []
  })
}

test(`lines of documents have at most ${MAX_CHARACTERS} characters`, () => {
  const files = globSync('**/*.md', { cwd: ROOT, exclude: ['node_modules/**', '**/node_modules/**'] })
  expect(files.length).toBeGreaterThan(5)
  expect(files.flatMap(longLines)).toEqual([])
})
