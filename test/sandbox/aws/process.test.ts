import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { attachSandboxCloud } from '../../../src/sandbox/aws/client.ts'
import { endOf, isRunning } from '../../support/aws/cloud.ts'
import { BUCKET, COMPUTE, LOGS, compute } from '../../support/aws/declare.ts'
import { connectProvider } from '../../support/aws/provider.ts'

const MAIN = fileURLToPath(new URL('../../../src/sandbox/aws/main.ts', import.meta.url))

let dataDir: string
const started: number[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'batchyard-aws-'))
  return async () => {
    for (const pid of started.splice(0)) {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL')
      await endOf(pid)
    }
    await rm(dataDir, { recursive: true, force: true })
  }
})

async function attach (speed?: number) {
  const cloud = await attachSandboxCloud({ dataDir, speed })
  const { pid } = await cloud.ensure()
  started.push(pid)
  return { cloud, pid }
}

const portFile = () => join(dataDir, 'sandbox-aws.json')

describe('the process', () => {
  it('is one per directory, however many start it at once', async () => {
    const many = await Promise.all(Array.from({ length: 5 }, async () => attach(0)))
    expect(new Set(many.map(({ pid }) => pid)).size).toBe(1)
    expect((await stat(portFile())).mode & 0o777).toBe(0o600)
    await Promise.all(many.map(async ({ cloud }) => cloud.release()))
    await endOf(many[0]?.pid ?? 0)
    expect(existsSync(portFile())).toBe(false)
  })

  it('ends with its last user, and not before the last engine has gone', async () => {
    const [first, second] = [await attach(0), await attach(0)]
    const engine = await connectProvider((await first.cloud.ensure()).grpcPort)
    await first.cloud.release()
    expect((await second.cloud.control.stats()).users).toBe(1)
    await second.cloud.release()
    await engine.create(LOGS, 'logs', {})
    expect(isRunning(first.pid)).toBe(true)
    engine.close()
    await endOf(first.pid)
  })

  it('outlives users that were killed, until a living one releases it', async () => {
    const client = new URL('../../../src/sandbox/aws/client.ts', import.meta.url).href
    const script = `
      const { attachSandboxCloud } = await import(${JSON.stringify(client)})
      await attachSandboxCloud({ dataDir: ${JSON.stringify(dataDir)} })
      process.stdout.write('attached')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    await once(child.stdout, 'data')
    const { cloud, pid } = await attach()
    expect((await cloud.control.stats()).users).toBe(2)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isRunning(pid)).toBe(true)
    await cloud.release()
    await endOf(pid)
  })

  it('ends by itself when it is abandoned', async () => {
    const child = spawn(process.execPath, [MAIN, '--data', dataDir, '--abandoned-after', '1'], { stdio: 'ignore' })
    const [code] = await once(child, 'exit') as [number]
    expect(code).toBe(0)
    expect(existsSync(portFile())).toBe(false)
  })

  it('ends cleanly on SIGTERM, and its users find it again with the same world', async () => {
    const { cloud, pid } = await attach(0)
    const engine = await connectProvider((await cloud.ensure()).grpcPort)
    await engine.create(BUCKET, 'b', { bucket: 'kept' })
    engine.close()
    process.kill(pid, 'SIGTERM')
    await endOf(pid)
    expect(existsSync(portFile())).toBe(false)
    expect((await cloud.control.resources()).map(({ name }) => name)).toEqual(['kept'])
    const again = await cloud.ensure()
    started.push(again.pid)
    expect(again.pid).not.toBe(pid)
  })

  it('is not fooled by a port file that names nobody, or somebody else', async () => {
    await writeFile(
      portFile(),
      JSON.stringify({ pid: 1, startedAt: '', grpcPort: 1, controlUrl: 'http://127.0.0.1:1', token: 'x' })
    )
    const { cloud } = await attach(0)
    expect(await cloud.control.resources()).toEqual([])
  })

  it('lets nobody in without the token', async () => {
    await attach(0)
    const { controlUrl } = JSON.parse(await readFile(portFile(), 'utf8')) as { controlUrl: string }
    expect((await fetch(`${controlUrl}/resources`)).status).toBe(401)
    expect((await fetch(`${controlUrl}/resources`, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401)
  })

  it('says where to look when it cannot start', async () => {
    await writeFile(join(dataDir, 'sandbox-aws.journal'), 'no journal\n')
    await expect(attachSandboxCloud({ dataDir })).rejects.toThrow(/ended with code 1; see .*sandbox-aws\.log/)
  })
})

describe('the world', () => {
  it('loses nothing it has answered when it is killed', async () => {
    const { cloud } = await attach(0)
    const answered: string[] = []
    for (let round = 0; round < 3; round++) {
      const { grpcPort, pid } = await cloud.ensure()
      started.push(pid)
      const engine = await connectProvider(grpcPort)
      const work = Array.from({ length: 60 }, async (_, index) => {
        const { id } = await engine.create(LOGS, 'logs', { name: `${round}-${index}` })
        answered.push(id)
        if (index === 20) process.kill(pid, 'SIGKILL')
      })
      await Promise.allSettled(work)
      engine.close()
      await endOf(pid)
    }
    const names = (await cloud.control.resources()).map(({ name }) => name)
    expect(answered.length).toBeGreaterThan(0)
    expect(names).toEqual(expect.arrayContaining(answered))
    expect(new Set(names).size).toBe(names.length)
    started.push((await cloud.ensure()).pid)
  })

  it('finishes what was under way when it was killed', async () => {
    const { cloud, pid } = await attach(1)
    const engine = await connectProvider((await cloud.ensure()).grpcPort)
    const creating = compute(engine, 'slow').catch((error: Error) => error)
    while ((await cloud.control.resources({ type: COMPUTE })).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect((await cloud.control.resources({ type: COMPUTE }))[0]?.status).toBe('CREATING')
    process.kill(pid, 'SIGKILL')
    await endOf(pid)
    expect(await creating).toBeInstanceOf(Error)
    engine.close()
    expect((await cloud.control.resources({ type: COMPUTE }))[0]?.status).toBe('VALID')
    started.push((await cloud.ensure()).pid)
  })

  it('ignores a last line that was not finished', async () => {
    const { cloud, pid } = await attach(0)
    const engine = await connectProvider((await cloud.ensure()).grpcPort)
    await engine.create(LOGS, 'logs', { name: 'whole' })
    engine.close()
    process.kill(pid, 'SIGKILL')
    await endOf(pid)
    const journal = join(dataDir, 'sandbox-aws.journal')
    await writeFile(journal, `${await readFile(journal, 'utf8')}{"put":{"key":"torn`)
    expect((await cloud.control.resources()).map(({ name }) => name)).toEqual(['whole'])
    started.push((await cloud.ensure()).pid)
  })
})
