import { ConfigError, type Config } from '../config.ts'
import type { ApiKeyStore } from '../operations/access/api-keys.ts'
import type { Database } from '../store/database/database.ts'
import { claimInstallation } from '../store/queries/installation.ts'

/**
 * Environments of the sandbox must never be run on AWS, nor the other way round: a delete would leave real
 * resources behind.
 * @throws ConfigError when the database holds environments of the other cloud
 */
export async function refuseOtherCloud ({ cloud }: Config, { db }: Database): Promise<void> {
  const owner = await claimInstallation(db, cloud)
  if (owner === cloud) return
  throw new ConfigError([
    `BATCHYARD_CLOUD: is ${cloud}, but this database holds environments of ${owner}; ` +
      `name another BATCHYARD_DATA or DATABASE_URL for ${cloud}`
  ])
}

/**
 * Whether requests without a key are allowed as long as there is no admin key.
 * @throws ConfigError when there is no admin key and this is not the sandbox on a loopback address
 */
export async function allowsRequestsWithoutKey (config: Config, apiKeys: ApiKeyStore): Promise<boolean> {
  // Workers serve no protected routes.
  if (config.role === 'worker') return false
  if (config.cloud === 'sandbox' && config.loopback) return true
  if (await apiKeys.hasAdmin()) return false
  throw new ConfigError([
    'BATCHYARD_ADMIN_KEY: must be set; ' +
      'without any admin key the service starts only in the sandbox on a loopback address'
  ])
}
