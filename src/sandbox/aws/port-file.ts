import { readFile } from 'node:fs/promises'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** What a starter reads to find the process: written last, after everything listens. */
export interface PortFile {
  pid: number
  startedAt: string
  grpcPort: number
  /** Where the AWS HTTP APIs are. */
  apiUrl: string
  controlUrl: string
  token: string
}

const portFilePath = (dataDir: string): string => join(dataDir, 'sandbox-aws.json')

/** Writes it whole or not at all, readable by its owner only: it holds the control API's token. */
export function writePortFile (dataDir: string, content: PortFile): void {
  const path = portFilePath(dataDir)
  const temporary = `${path}.${process.pid}`
  const file = openSync(temporary, 'w', 0o600)
  writeSync(file, `${JSON.stringify(content)}\n`)
  fsyncSync(file)
  closeSync(file)
  renameSync(temporary, path)
}

/** The file's content, or undefined when there is none to read. */
export async function readPortFile (dataDir: string): Promise<PortFile | undefined> {
  try {
    return JSON.parse(await readFile(portFilePath(dataDir), 'utf8')) as PortFile
  } catch {
    return undefined
  }
}

/** Removes the file if it is still the one of this token. */
export function removePortFile (dataDir: string, token: string): void {
  const path = portFilePath(dataDir)
  try {
    const content = JSON.parse(readFileSync(path, 'utf8')) as PortFile
    if (content.token === token) rmSync(path)
  } catch {
    // Already gone, or not ours: nothing to remove.
  }
}
