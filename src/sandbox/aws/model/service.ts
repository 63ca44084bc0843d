import type { AwsApi } from '../api/operation.ts'
import type { AccountRegion } from '../world/item.ts'
import type { World } from '../world/world.ts'
import type { ProviderFunction, AwsResourceType } from './types.ts'

/** What the sandbox simulates of one AWS service. */
export interface AwsService {
  types?: readonly AwsResourceType[]
  /** Functions of the provider that ask this service. */
  functions?: readonly ProviderFunction[]
  /** The HTTP API, for callers that are not the provider. */
  api?: AwsApi
  /** Puts what AWS gives every account in a region into the world, unless it is there or was removed. */
  seed?: (world: World, where: AccountRegion) => void
}
