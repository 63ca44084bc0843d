import { appendFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { Journal } from '../../../../src/sandbox/aws/world/journal.ts'

interface Entry { key: string, value: string }

let path: string
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batchyard-journal-'))
  path = join(folder, 'journal')
  return async () => { await rm(folder, { recursive: true, force: true }) }
})

/** A map kept in a journal. */
async function open (): Promise<{
  map: Map<string, string>
  set: (key: string, value: string) => Promise<void>
  close: () => Promise<void>
}> {
  const map = new Map<string, string>()
  const journal = await Journal.open(
    path,
    (record) => {
      const { key, value } = record as Entry
      map.set(key, value)
    },
    () => [...map].map(([key, value]) => ({ key, value }))
  )
  const set = async (key: string, value: string): Promise<void> => {
    map.set(key, value)
    await journal.append({ key, value })
  }
  return { map, set, close: async () => journal.close() }
}

describe('the journal', () => {
  it('gives back everything it took, in the same order, also what came all at once', async () => {
    const first = await open()
    await Promise.all(Array.from({ length: 500 }, async (_, index) => first.set(`k${index % 100}`, String(index))))
    await first.close()
    const second = await open()
    expect([...second.map]).toEqual([...first.map])
    await second.close()
  })

  it('is rewritten when it has grown, and loses nothing by it', async () => {
    const big = 'x'.repeat(100_000)
    const first = await open()
    for (let index = 0; index < 100; index++) await first.set(`k${index % 5}`, `${index}${big}`)
    await first.set('last', 'one')
    await first.close()
    expect((await stat(path)).size).toBeLessThan(6_000_000)
    expect(await readdir(folder)).toEqual(['journal'])
    const second = await open()
    expect([...second.map]).toEqual([...first.map])
    await second.close()
  })

  it('goes on after a line that was cut off', async () => {
    const first = await open()
    await first.set('a', '1')
    await first.close()
    await appendFile(path, '{"key":"b","val')
    const second = await open()
    await second.set('c', '3')
    await second.close()
    const third = await open()
    expect([...third.map]).toEqual([['a', '1'], ['c', '3']])
    await third.close()
  })
})
