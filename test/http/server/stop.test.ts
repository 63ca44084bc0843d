import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { createBatchyardClient, type BatchyardClient } from '../../../client/index.ts'
import { serverEnvironment, startServer, type Server } from '../../../scripts/server-process.ts'
import { SERVER_MAIN, leftOver, processesOf, stateFiles } from '../../support/service/data-folder.ts'
import { SPEC, ended, environment, post, remove, resources, withDataDir } from '../../support/service/service.ts'

/** At this speed a create takes some seconds: long enough to be met in the middle. */
const SLOW = 0.05
const settings = { BATCHYARD_ENGINE: process.env.BATCHYARD_ENGINE ?? 'sandbox' }

/** Waits until the cloud holds more than `count` resources: the create is in its middle then. Answers how many. */
async function moreResources (client: BatchyardClient, count: number): Promise<number> {
  for (;;) {
    const { length } = await resources(client)
    if (length > count) return length
    await delay(50)
  }
}

async function exitCodeAfter (server: Server, signal: NodeJS.Signals): Promise<number | null> {
  const exited = once(server.process, 'exit') as Promise<[number | null]>
  server.process.kill(signal)
  const [code] = await exited
  return code
}

/** Engines that finish by themselves and a sandbox cloud without users take a moment to end. */
async function nothingLeft (dataDir: string): Promise<void> {
  for (let looks = 0; (await processesOf(dataDir)).length > 0 && looks < 600; looks++) await delay(100)
  expect(await processesOf(dataDir)).toEqual([])
  expect(existsSync(join(dataDir, 'sandbox-aws.json'))).toBe(false)
}

async function refusesConnections (base: string): Promise<boolean> {
  return fetch(base).then(() => false, () => true)
}

describe('A service that is stopped', () => {
  test('by SIGTERM or SIGINT in the middle of a create carries it on after the next start', async () => {
    await withDataDir(async (dataDir) => {
      const first = await startServer({ speed: SLOW, dataDir, settings })
      const accepted = await post(createBatchyardClient(first.base))
      const made = await moreResources(createBatchyardClient(first.base), 0)
      expect(await exitCodeAfter(first, 'SIGTERM')).toBe(0)
      expect(await refusesConnections(first.base)).toBe(true)

      const second = await startServer({ speed: SLOW, dataDir, settings })
      await moreResources(createBatchyardClient(second.base), made)
      expect(await exitCodeAfter(second, 'SIGINT')).toBe(0)
      expect(await refusesConnections(second.base)).toBe(true)

      const third = await startServer({ speed: 0, dataDir, settings })
      try {
        const client = createBatchyardClient(third.base)
        const { operation, events } = await ended(client, accepted.operation)
        expect(operation).toMatchObject({ state: 'succeeded', attempt: 3 })
        expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1))
        expect((await environment(client, accepted.id)).phase).toBe('ready')
        const inCloud = (await resources(client)).map(({ type, name }) => `${type} ${name}`)
        expect(new Set(inCloud).size).toBe(inCloud.length)
        expect(inCloud).toHaveLength(operation.progress.total ?? -1)
        expect((await ended(client, (await remove(client, accepted.id)).operation)).operation.state).toBe('succeeded')
        expect(await resources(client)).toEqual([])
      } finally {
        expect(await exitCodeAfter(third, 'SIGINT')).toBe(0)
      }
      await nothingLeft(dataDir)
      expect(leftOver(await stateFiles(dataDir))).toEqual([])
    })
  })

  test('is not kept by a request that never ends, and takes nothing up any more', async () => {
    await withDataDir(async (dataDir) => {
      const first = await startServer({
        speed: SLOW,
        dataDir,
        settings: { ...settings, BATCHYARD_WORKER_CONCURRENCY: '1' }
      })
      const client = createBatchyardClient(first.base)
      const accepted = await Promise.all(['one', 'two', 'three'].map(async (name) => post(client, { ...SPEC, name })))
      await moreResources(client, 0)
      const socket = connect(Number(new URL(first.base).port), '127.0.0.1').on('error', () => {})
      await once(socket, 'connect')
      socket.write(
        'POST /environments HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"te'
      )
      expect(await exitCodeAfter(first, 'SIGTERM')).toBe(0)
      socket.destroy()

      const second = await startServer({ speed: 0, dataDir, settings })
      try {
        const again = createBatchyardClient(second.base)
        for (const each of accepted) {
          const { operation } = await ended(again, each.operation)
          expect(operation.state).toBe('succeeded')
          expect(operation.attempt).toBeLessThanOrEqual(2)
        }
      } finally {
        await exitCodeAfter(second, 'SIGTERM')
      }
      await nothingLeft(dataDir)
    })
  })

  test('ends at once on a second signal, and the next one does the work', async () => {
    await withDataDir(async (dataDir) => {
      const first = await startServer({ speed: 0.5, dataDir, settings })
      const accepted = await post(createBatchyardClient(first.base))
      await moreResources(createBatchyardClient(first.base), 0)
      const exited = once(first.process, 'exit') as Promise<[number | null]>
      first.process.kill('SIGTERM')
      // What comes sooner counts as the same signal: Ctrl-C under npm arrives twice.
      await delay(700)
      first.process.kill('SIGTERM')
      expect((await exited)[0]).toBe(1)

      const second = await startServer({ speed: 0, dataDir, settings })
      try {
        const client = createBatchyardClient(second.base)
        const deleting = await remove(client, accepted.id)
        expect((await ended(client, deleting.operation)).operation.state).toBe('succeeded')
        expect(await resources(client)).toEqual([])
      } finally {
        await exitCodeAfter(second, 'SIGTERM')
      }
      await nothingLeft(dataDir)
    })
  })
})

describe('A data directory', () => {
  test('is used by one service: a second one ends with a message', async () => {
    await withDataDir(async (dataDir) => {
      const first = await startServer({ speed: 0, dataDir, settings })
      try {
        const second = spawn(process.execPath, [SERVER_MAIN], {
          env: { ...serverEnvironment(), ...settings, BATCHYARD_DATA: dataDir, BATCHYARD_PORT: '0' },
          stdio: ['ignore', 'ignore', 'pipe']
        })
        const exited = once(second, 'exit') as Promise<[number | null]>
        // What an operator can act on, and no stack.
        expect(await text(second.stderr)).toMatch(/^batchyard: The database in .* is in use by process \d+ .*\n$/)
        expect((await exited)[0]).toBe(1)
        expect((await fetch(`${first.base}/readyz`)).status).toBe(200)
      } finally {
        await first.stop()
      }
      await nothingLeft(dataDir)
    })
  })
})
