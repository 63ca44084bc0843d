import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The journal is rewritten as one snapshot when it has more bytes than this and than four times the last snapshot. */
const COMPACT_FROM = 4 * 1024 * 1024

/**
 * An append-only file of JSON lines. `append` resolves when its line is on the disk; lines that arrive during a sync
 * share the next one, so that many callers at once cost one sync.
 */
export class Journal {
  readonly #path: string
  readonly #snapshot: () => object[]
  #file: FileHandle
  #size: number
  #compactAt: number
  #waiting: string[] = []
  #appended = 0
  #durable = 0
  #flush: Promise<void> | undefined

  private constructor (kept: { path: string, snapshot: () => object[] }, file: FileHandle, size: number) {
    this.#path = kept.path
    this.#snapshot = kept.snapshot
    this.#file = file
    this.#size = size
    this.#compactAt = Math.max(COMPACT_FROM, size * 4)
  }

  /**
   * Opens the file, gives every complete record to `replay`, and cuts off a last line that a crash left unfinished.
   * `snapshot` returns the records that reproduce the present state.
   */
  static async open (path: string, replay: (record: unknown) => void, snapshot: () => object[]): Promise<Journal> {
    await rm(`${path}.new`, { force: true })
    const file = await open(path, 'a+', 0o600)
    const content = await readFile(path)
    const end = content.lastIndexOf(0x0a) + 1
    for (const line of content.toString('utf8', 0, end).split('\n')) {
      if (line !== '') replay(JSON.parse(line))
    }
    if (end < content.length) await file.truncate(end)
    await syncFolder(path)
    return new Journal({ path, snapshot }, file, end)
  }

  /** Resolves once the record is durable. */
  async append (record: object): Promise<void> {
    this.#waiting.push(`${JSON.stringify(record)}\n`)
    this.#appended++
    await this.settled()
  }

  /** Resolves once everything appended so far is durable. */
  async settled (): Promise<void> {
    const target = this.#appended
    while (this.#durable < target) {
      this.#flush ??= this.#write().finally(() => { this.#flush = undefined })
      await this.#flush
    }
  }

  async close (): Promise<void> {
    await this.settled()
    await this.#file.close()
  }

  async #write (): Promise<void> {
    const lines = this.#waiting.join('')
    const upTo = this.#appended
    this.#waiting = []
    await this.#file.appendFile(lines)
    await this.#file.datasync()
    this.#size += Buffer.byteLength(lines)
    this.#durable = upTo
    if (this.#size > this.#compactAt) await this.#compact()
  }

  async #compact (): Promise<void> {
    const lines = this.#snapshot().map((record) => `${JSON.stringify(record)}\n`).join('')
    const next = await open(`${this.#path}.new`, 'a', 0o600)
    await next.appendFile(lines)
    await next.sync()
    await rename(`${this.#path}.new`, this.#path)
    await syncFolder(this.#path)
    await this.#file.close()
    this.#file = next
    this.#size = Buffer.byteLength(lines)
    this.#compactAt = Math.max(COMPACT_FROM, this.#size * 4)
  }
}

/** A new or renamed file is only there after a crash when its folder was synced too. */
async function syncFolder (path: string): Promise<void> {
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
