import { readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ignoreAbsence } from '../json.ts'
import type { StatePaths } from './state-paths.ts'

/**
 * Removes attribute files that the CLI can't read. It keeps the attributes of each file in another one
 * (`env.json.attrs`), which it does not write in one piece: killed at that moment it leaves an empty one, and then
 * refuses the whole state (`failed to load checkpoint: EOF`, met on 3.260). A file needs no attributes.
 */
export async function removeHalfWrittenAttributes ({ checkpoint }: StatePaths): Promise<void> {
  const backend = join(dirname(checkpoint), '..', '..', 'meta.yaml')
  await Promise.all([checkpoint, backend].map(async (path) => {
    const attributes = `${path}.attrs`
    const text = await readFile(attributes, 'utf8').catch(ignoreAbsence)
    if (text !== undefined && !isJson(text)) await rm(attributes, { force: true })
  }))
}

function isJson (text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
