import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attachSandboxCloud, type SandboxCloud } from '../../../src/sandbox/aws/client.ts'

/** Lends a sandbox cloud in a folder of its own, at once unless a speed is given, and ends it. */
export async function withCloud<T> (use: (cloud: SandboxCloud, dataDir: string) => Promise<T>, speed = 0): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'batchyard-aws-'))
  const cloud = await attachSandboxCloud({ dataDir, speed })
  const { pid } = await cloud.ensure()
  try {
    return await use(cloud, dataDir)
  } finally {
    await cloud.release()
    await endOf(pid)
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Resolves once the process has ended. */
export async function endOf (pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20))
}

export function isRunning (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
