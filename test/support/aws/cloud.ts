import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attachSandboxCloud, type SandboxCloud } from '../../../src/sandbox/aws/client.ts'
import type { SandboxControl } from '../../../src/schemas/sandbox-control.ts'

/** A sandbox cloud for the tests of one file. */
export interface BorrowedCloud {
  cloud: SandboxCloud
  control: SandboxControl
  dataDir: string
  grpcPort: number
  pid: number
  /** Ends its process and removes its folder. */
  end: () => Promise<void>
}

/** Starts a sandbox cloud in a folder of its own; its durations take no time unless a speed is given. */
export async function borrowCloud (speed = 0): Promise<BorrowedCloud> {
  const dataDir = await mkdtemp(join(tmpdir(), 'batchyard-aws-'))
  const cloud = await attachSandboxCloud({ dataDir, speed })
  const { pid, grpcPort } = await cloud.ensure()
  const end = async (): Promise<void> => {
    const last = await cloud.ensure()
    await cloud.release()
    await endOf(last.pid)
    await rm(dataDir, { recursive: true, force: true })
  }
  return { cloud, control: cloud.control, dataDir, grpcPort, pid, end }
}

/** Lends a sandbox cloud and ends it. */
export async function withCloud<T> (
  use: (cloud: SandboxCloud, borrowed: BorrowedCloud) => Promise<T>,
  speed = 0
): Promise<T> {
  const borrowed = await borrowCloud(speed)
  try {
    return await use(borrowed.cloud, borrowed)
  } finally {
    await borrowed.end()
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
