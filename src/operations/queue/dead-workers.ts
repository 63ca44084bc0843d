import { hostname } from 'node:os'
import { identify, isAlive } from '../../host-processes.ts'
import type { Queryable } from '../../store/sql.ts'
import { endLeases, leaseHolders } from '../../store/queries/workers.ts'

/** The name with which this process claims operations: `host:pid:start time`, as a pid alone may be used again. */
export async function workerName (): Promise<string> {
  const { startTime } = await identify(process.pid) ?? {}
  return [hostname(), process.pid, ...startTime === undefined ? [] : [startTime]].join(':')
}

/**
 * Ends the leases of workers on this host whose process is gone, so that after a crash the next start carries on at
 * once. Whether a worker on another host is alive only its lease can tell.
 * @returns how many operations can be taken over now
 */
export async function endLeasesOfDead (db: Queryable): Promise<number> {
  const holders = await leaseHolders(db)
  const dead = await Promise.all(holders.map(async (name) => await isDead(name) ? [name] : []))
  return dead.flat().length === 0 ? 0 : endLeases(db, dead.flat())
}

async function isDead (name: string): Promise<boolean> {
  const [, host, pid, startTime] = /^([^:]+):(\d+):(.+)$/.exec(name) ?? []
  if (host !== hostname() || startTime === undefined) return false
  return !await isAlive({ host, pid: Number(pid), startTime })
}
