import type { Item, AccountRegion } from '../world/item.ts'
import type { World } from '../world/world.ts'
import type { Props } from '../values.ts'
import type { ApiError } from './errors.ts'
import type { ArgumentFields } from './fields.ts'
import type { IgnoredTags } from './tags.ts'

/** Who calls, as the provider's configuration on this connection says. */
export interface AwsCaller {
  account: string
  region: string
  partition: string
  defaultTags: Record<string, string>
  ignoredTags: IgnoredTags
  /** Absent when no role is assumed. */
  role?: { name: string, session: string }
}

/** One call into the simulated account: where it acts and what exists there. */
export interface Call extends AccountRegion {
  world: World
  caller: AwsCaller
  partition: string
  /** ISO time of the call. */
  now: string
  arn (service: string, resource: string): string
}

/** A resource about to exist. */
export interface Draft {
  id: string
  name: string
  /** What is computed; the arguments are added to it. */
  props: Props
  /** What makes it unique among its type, account and region; the id, when absent. */
  identity?: string
  internalState?: Props
}

/** A wrong combination of arguments, found before anything is sent to AWS. */
export interface CheckFailure { path: string, reason: string }

interface AutoName {
  field: string
  max: number
  lowerCase?: true
}

export interface AwsResourceType {
  token: string
  /** As the provider's messages call it: "creating <label> (<name>): …". */
  label: string
  /** The AWS SDK's service id and operation names, for error texts. */
  service: string
  calls: { create: string, read: string, update: string, delete: string }
  /** `region` when absent. IAM is per account, bucket names are per partition. */
  scope?: 'account' | 'partition'
  /** A plugin-framework resource: its errors come without the list the older kind wraps them in. */
  framework?: true
  fields: ArgumentFields
  /** Arguments of @pulumi/aws that exist and are not simulated: giving one is an error that names it. */
  unsupported: readonly string[]
  /** Output names that are unknown until the resource exists. */
  computed: readonly string[]
  autoName?: AutoName
  /** The argument that names the resource in messages; that of `autoName`, when absent. */
  nameField?: string
  /** Seconds AWS takes, from the reference's table 5. */
  seconds: { create: number, update: number, delete: number }
  /** Rules between arguments that the provider itself checks. */
  check?: (inputs: Props) => CheckFailure[]
  /** What AWS refuses on create, and on update (then with the present item). Throws ApiError. */
  validate?: (inputs: Props, call: Call, item?: Item) => void
  draft: (inputs: Props, call: Call) => Draft
  /** The error for an identity that is taken. */
  conflictError?: (draft: Draft, holder: Item, call: Call) => ApiError
  /** Creating what is there already takes it over, as the AWS call does. */
  createIsUpsert?: true
  /** What AWS changes in the resource when its creation is over. */
  settle?: (item: Item, world: World) => void
  /** Throws WaitError when the settled resource is not usable. */
  usable?: (item: Item, verb: 'create' | 'update') => void
  /** Applies an update; without it the new arguments are written over the old. Returns the resource to report. */
  update?: (item: Item, inputs: Props, call: Call) => Item
  /** What AWS refuses on delete. Throws ApiError. */
  refuseDelete?: (item: Item, call: Call) => void
  /** The error for a change during another; without it changes go side by side. */
  busyError?: () => ApiError
  /** Properties that say it is being deleted. */
  deletingProps?: Props
  /** The status AWS shows for it; the one of its life cycle, when absent. */
  shownStatus?: (item: Item) => string
  /** Throws WaitError when AWS cannot take the resource down; it stays, changed by this. */
  teardown?: (item: Item, world: World) => void
  /** What else goes when the resource is gone. */
  removed?: (item: Item, world: World) => void
  /** Properties that replace the resource in this change only. */
  replaces?: (olds: Props, news: Props) => string[]
  /** What `identity` was, from what the engine's state says; the id, when absent. */
  identityOf?: (id: string, props: Props) => string
}

/** A function of the provider: a look-up that a program calls. */
export interface ProviderFunction {
  token: string
  /** The AWS SDK's service id, for error texts. */
  service: string
  /** Arguments that are simulated, beside `region`: any other is refused by name. */
  takes: readonly string[]
  /** What it returns. Throws ProviderError in the provider's words. */
  run: (args: Props, call: Call) => Props
}
