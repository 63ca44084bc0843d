import { readdir, readFile } from 'node:fs/promises'
import { signalProcess, startTimeOf, statOf } from '../../host-processes.ts'

/** What every engine, and whatever it starts, has in its environment. */
const ENGINE_VARIABLE = 'PULUMI_AUTOMATION_API=true'

/**
 * Kills the processes that an engine which is gone has left running: a provider plugin outlives a killed CLI, and would
 * finish its call after the look-up in the cloud. The engine led a session; while a process is in that session, no
 * other process gets its id.
 */
export async function killSession (engine: number): Promise<void> {
  if (await startTimeOf(engine) !== undefined) return
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^[0-9]+$/.test(name)).map(Number)
  await Promise.all(pids.map(async (pid) => {
    if ((await statOf(pid))?.[3] !== String(engine)) return
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    if (environment.split('\0').includes(ENGINE_VARIABLE)) signalProcess(pid, 'SIGKILL')
  }))
}
