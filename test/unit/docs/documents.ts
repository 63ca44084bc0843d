import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const OTHERS = new Set(['node_modules', 'data', 'coverage', '.git'])

export interface Document {
  /** From the repository's root. */
  readonly path: string
  readonly text: string
}

function markdownIn (folder: string): string[] {
  return readdirSync(`${ROOT}${folder}`, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return OTHERS.has(entry.name) ? [] : markdownIn(`${folder}${entry.name}/`)
    return entry.name.endsWith('.md') ? [`${folder}${entry.name}`] : []
  })
}

/** Every Markdown file of the repository. */
export const documents = (): Document[] =>
  markdownIn('').map((path) => ({ path, text: readFileSync(`${ROOT}${path}`, 'utf8') }))

/** The document without its code blocks. */
export const proseOf = ({ text }: Document): string => text.replaceAll(/^```[\s\S]*?^```/gm, '')

/** What stands in backticks in the document's prose. */
export const codeIn = (document: Document): string[] =>
  [...proseOf(document).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
