import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EngineError, stackNotFound } from '../errors.ts'

/** Where the file backend keeps what belongs to one stack (project layout, meta version 1). */
export interface StackFiles {
  root: string
  project: string
  stack: string
  checkpoint: string
  /** The checkpoint before the last write. */
  previous: string
  locks: string
  history: string
  backups: string
}

/**
 * The directory behind `file://…`.
 * @throws EngineError for any other kind of backend
 */
export function backendRoot (url: string | undefined): string {
  if (url === undefined) {
    throw new EngineError('PULUMI_BACKEND_URL must be set: the sandbox engine keeps state in files only')
  }
  if (!url.startsWith('file:///')) {
    throw new EngineError(
      `the sandbox engine does not implement the backend ${url.split('://')[0]}://; it keeps state in file:///…`
    )
  }
  return fileURLToPath(url)
}

export function stackFiles (root: string, project: string, stack: string): StackFiles {
  const base = join(root, '.pulumi')
  return {
    root,
    project,
    stack,
    checkpoint: join(base, 'stacks', project, `${stack}.json`),
    previous: join(base, 'stacks', project, `${stack}.json.bak`),
    locks: join(base, 'locks', 'organization', project, stack),
    history: join(base, 'history', project, stack),
    backups: join(base, 'backups', project, stack)
  }
}

export const stackExists = (files: StackFiles): boolean => existsSync(files.checkpoint)

/** Marks the directory as a backend of the project layout, or checks that it is one. */
export async function ensureBackend (root: string): Promise<void> {
  const path = join(root, '.pulumi', 'meta.yaml')
  const meta = await readOptional(path)
  if (meta === undefined) return writeAtomic(path, 'version: 1\n')
  if (!/^version:\s*1\s*$/m.test(meta)) throw new EngineError(`unknown backend version in ${path}: ${meta.trim()}`)
}

/** Names of the stacks of one project. */
export async function stackNames (root: string, project: string): Promise<string[]> {
  const entries = await listOptional(join(root, '.pulumi', 'stacks', project))
  return entries.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length)).sort()
}

export async function projectNames (root: string): Promise<string[]> {
  return (await listOptional(join(root, '.pulumi', 'stacks'))).sort()
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

export async function readOptional (path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** @throws EngineError (exit code 6) if the stack went away meanwhile */
export async function existingText (files: StackFiles): Promise<string> {
  const text = await readOptional(files.checkpoint)
  if (text === undefined) throw stackNotFound(files.stack)
  return text
}

export async function listOptional (path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/**
 * Readers see the old content or the new one, never a part: a file in the same directory, then a rename. Where only one
 * process writes (the stack is locked), `temporary` can have a fixed name, and what a kill leaves is overwritten by the
 * next.
 */
export async function writeAtomic (
  path: string,
  content: string,
  temporary = `${path}.${randomUUID()}.tmp`
): Promise<void> {
  try {
    await writeFile(temporary, content).catch(async (error: unknown) => {
      if (!isMissing(error)) throw error
      await mkdir(dirname(path), { recursive: true })
      await writeFile(temporary, content)
    })
    await rename(temporary, path)
  } catch (error) {
    // On a full disk half a file is one too many.
    await rm(temporary, { force: true })
    throw error
  }
}

/** Keeps the content of `path` as `copy`, by a hard link: the next atomic write leaves the linked file alone. */
export async function keepAs (path: string, copy: string): Promise<void> {
  const temporary = `${copy}.tmp`
  await rm(temporary, { force: true })
  try {
    // Not every file system has hard links.
    await link(path, temporary).catch(async (error: unknown) => {
      if (isMissing(error)) throw error
      await copyFile(path, temporary)
    })
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  await rename(temporary, copy)
  // Where both are one file already, because the write after the last link failed, a rename does nothing.
  await rm(temporary, { force: true })
}

/** The real engine writes a file of attributes beside each file; both are removed together. */
export async function removeFile (path: string): Promise<void> {
  await rm(path, { force: true })
  await rm(`${path}.attrs`, { force: true })
}
