import { expect, test } from 'vitest'
import { documents } from './documents.ts'

const LONGEST_LINE = 120
const LONGEST_README = 150

test('lines of documents are at most 120 characters, tables excepted', () => {
  const long = documents().flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) =>
      [...line].length > LONGEST_LINE && !line.startsWith('|') ? [`${path}:${index + 1}`] : []
    )
  )
  expect(long).toEqual([])
})

test('the README has at most 150 lines', () => {
  const readme = documents().find(({ path }) => path === 'README.md')
  expect(readme?.text.trimEnd().split('\n').length).toBeLessThanOrEqual(LONGEST_README)
})
