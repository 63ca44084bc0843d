import { Provider } from '@pulumi/aws/provider.js'
import type { ResolvedSpec } from '../../schemas/spec.ts'
import type { Placement } from '../../schemas/team.ts'

interface ProviderSettings {
  readonly region: string
  readonly placement: Placement
  readonly roleSession: string
  readonly tags: Record<string, string>
  /** Tags of others, which the provider neither reads nor removes. */
  readonly driftIgnore: ResolvedSpec['driftIgnore']
}

/** Long enough for the slowest environment; an assumed role chained from another lasts no longer. */
const ROLE_DURATION = '1h'

function assumedRoles ({ roleArn, externalId }: Placement, sessionName: string) {
  if (roleArn === undefined) return {}
  return {
    assumeRoles: [
      { roleArn, sessionName, duration: ROLE_DURATION, ...(externalId === undefined ? {} : { externalId }) }
    ]
  }
}

function ignoredTags ({ tagKeys: keys, tagKeyPrefixes: keyPrefixes }: ResolvedSpec['driftIgnore']) {
  return keys.length + keyPrefixes.length === 0 ? {} : { ignoreTags: { keys, keyPrefixes } }
}

/**
 * The one provider all resources and look-ups go through: the placement's region, account and role, the environment's
 * tags. The default provider is disabled for the stack, so nothing can land in another account.
 */
export function createProvider ({ region, placement, roleSession, tags, driftIgnore }: ProviderSettings): Provider {
  // The account stands in the role's ARN too: credentials that lead elsewhere are refused either way.
  const account = placement.accountId ?? placement.roleArn?.split(':')[4]
  return new Provider('aws', {
    region,
    ...(account === undefined ? {} : { allowedAccountIds: [account] }),
    ...assumedRoles(placement, roleSession),
    ...ignoredTags(driftIgnore),
    defaultTags: { tags }
  })
}
