import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, codeIn, documents, proseOf, type Document } from './documents.ts'

const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: Record<string, string> }

/** GitHub's anchors: lower case, without punctuation, hyphens for spaces. */
const anchorsOf = ({ text }: Document): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')
  )

const all = documents()

/** Links that lead nowhere, as `document: link`. */
function brokenLinks (document: Document): string[] {
  const links = [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  return links.filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(document, link))
    .map((link) => `${document.path}: ${link}`)
}

function leadsSomewhere (document: Document, link: string): boolean {
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? document.path : join(dirname(document.path), file)
  if (!existsSync(join(ROOT, target))) return false
  const linked = all.find(({ path }) => path === target)
  return anchor === undefined || linked === undefined || anchorsOf(linked).includes(anchor)
}

test('every link between documents leads somewhere', () => {
  expect(all.flatMap(brokenLinks)).toEqual([])
})

test('every path of this repository that a document names exists', () => {
  const named = all.flatMap((document) =>
    codeIn(document)
      .filter((code) => /^(src|test|docs|scripts|bench|client|openapi)\/[\w./-]+$/.test(code))
      .map((code) => ({ code, where: `${document.path}: ${code}` }))
  )
  expect(named.length).toBeGreaterThan(50)
  expect(named.filter(({ code }) => !existsSync(join(ROOT, code))).map(({ where }) => where)).toEqual([])
})

test('every npm script that a document names is one of package.json', () => {
  const named = all.flatMap(({ path, text }) =>
    [...text.matchAll(/npm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g)]
      .map(([, run, short]) => ({ path, script: run ?? short ?? '' }))
  )
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([])
})
