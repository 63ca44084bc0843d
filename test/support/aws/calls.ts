import { createCloud, type ClosableCloud } from '../../../src/cloud/index.ts'
import type { AwsTarget } from '../../../src/cloud/types.ts'
import { SANDBOX_CREDENTIALS } from '../../../src/sandbox/aws/client.ts'
import type { BorrowedCloud } from './cloud.ts'

/** Where a provider without a role is. */
export const HOME: AwsTarget = { region: 'us-east-1', placement: {} }

/** The AWS calls of the service, made to a sandbox cloud. */
export const callsTo = ({ cloud }: BorrowedCloud, visibleSeconds = 0): ClosableCloud =>
  createCloud({ endpoint: async () => (await cloud.ensure()).apiUrl, credentials: SANDBOX_CREDENTIALS, visibleSeconds })
