import { createHash } from 'node:crypto'

/**
 * Names in the cloud: `batchyard-<team>-<environment>-<hash>`, the readable part shortened to the limit of the kind,
 * the hash taken of the environment's id. Two environments never share one, `a-b` of `c` and `a` of `b-c` neither, and
 * an environment made anew under an old name meets nothing its predecessor left behind.
 */
const PREFIX = 'batchyard'
/**
 * 48 bits: with a million environments one pair in 600 worlds shares a hash, and it would have to share the readable
 * part too.
 */
const HASH_DIGITS = 12

/** Pulumi's automatic names append `-` and 7 hex digits. */
export const AUTO_SUFFIX = 8

/** Limits of reference/aws-batch.md §1.1, in characters. */
export const LIMITS = {
  batch: 128,
  role: 64,
  bucket: 63,
  ecs: 255,
  logGroup: 512,
  securityGroup: 255,
  roleSession: 64
} as const

const hash = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, HASH_DIGITS)

/** Shortens the longer of the two until both fit, so that both stay readable. */
function fit (team: string, name: string, room: number): string {
  const half = Math.floor((room - 1) / 2)
  const teamRoom = Math.max(half, room - 1 - name.length)
  const shortTeam = team.slice(0, teamRoom).replace(/-+$/, '')
  return `${shortTeam}-${name.slice(0, room - 1 - shortTeam.length).replace(/-+$/, '')}`
}

interface Identity { readonly id: string, readonly team: string, readonly name: string }

function baseName ({ id, team, name }: Identity, limit: number): string {
  const room = limit - PREFIX.length - HASH_DIGITS - 2
  return `${PREFIX}-${fit(team, name, room)}-${hash(id)}`
}

export interface CloudNames {
  readonly cluster: string
  readonly taskFamily: string
  readonly bucket: string
  readonly logGroup: string
  readonly executionRole: string
  readonly jobRole: string
  readonly roleSession: string
  /** Logical names, to which the provider appends the rest: these are replaced by creating first. */
  readonly service: string
  readonly securityGroup: string
  /** Logical name of the compute environment of an entry. */
  readonly compute: (entry: string) => string
  readonly queue: (entry: string) => string
  readonly job: (entry: string) => string
}

/** Logical name of the queue of an entry. */
export const queueResource = (entry: string): string => `queue-${entry}`

/**
 * Every name of an environment in the cloud. Deterministic; all within AWS's limits for every valid team, name and
 * entry.
 */
export function cloudNames (identity: Identity): CloudNames {
  const entryRoom = 33
  const batch = baseName(identity, LIMITS.batch - entryRoom - AUTO_SUFFIX)
  const role = (suffix: string): string => `${baseName(identity, LIMITS.role - suffix.length - 1)}-${suffix}`
  const long = baseName(identity, LIMITS.ecs - AUTO_SUFFIX)
  return {
    cluster: long,
    taskFamily: long,
    bucket: baseName(identity, LIMITS.bucket),
    logGroup: `/${PREFIX}/${identity.team}/${identity.name}-${hash(identity.id)}`,
    executionRole: role('execution'),
    jobRole: role('job'),
    roleSession: baseName(identity, LIMITS.roleSession),
    service: long,
    securityGroup: long,
    compute: (entry) => `${batch}-${entry}`,
    queue: (entry) => `${batch}-${entry}`,
    job: (entry) => `${batch}-${entry}`
  }
}
