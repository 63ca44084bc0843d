import type { Props } from '../values.ts'

/** The life cycle of a resource. A creation or deletion that has begun is finished, also when the caller goes away. */
type Status = 'creating' | 'active' | 'updating' | 'deleting'

/** One resource of the simulated cloud. */
export interface Item {
  /** Unique in the whole world; see `keyOf`. */
  key: string
  type: string
  /** The id the provider gives it. */
  id: string
  account: string
  /** `global` for what has no region (IAM). */
  region: string
  name: string
  status: Status
  createdAt: string
  /** Order of creation; 0 for what was there before anything was created. */
  serial: number
  /** Everything the provider shows of it: arguments and computed values. */
  props: Props
  /** What only the cloud knows: the objects of a bucket, the queue's jobs. */
  internalState: Props
  /**
   * Belongs to the account and to no program: the networks every account has, or got by hand. Listed only on request,
   * so that what is listed is what programs have created and not deleted.
   */
  builtIn?: true
  /** Not yet visible everywhere: reads that still miss it, or until when they do. */
  hidden?: { reads: number } | { until: number }
}

export interface AccountRegion { account: string, region: string }

/** `*` as account makes an identity unique in the whole partition, as bucket names are. */
export function keyOf (type: string, where: AccountRegion, identity: string): string {
  return `${type}|${where.account}|${where.region}|${identity}`
}

/** Whether calls that look for the resource find it; `reads` are counted down by reads only. */
export function isVisible ({ hidden }: Item): boolean {
  return hidden === undefined || ('until' in hidden && hidden.until <= Date.now())
}
