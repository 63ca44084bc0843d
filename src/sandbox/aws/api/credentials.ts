import { DEFAULT_ACCOUNT } from '../provider/configuration.ts'

/** Access keys of an account itself; those of assumed roles come with a session token. */
export const ACCESS_KEY = /^AKIASANDBOX(\d{12})$/

/** Those of the account a provider that assumes no role is in. */
export const SANDBOX_CREDENTIALS = { accessKeyId: `AKIASANDBOX${DEFAULT_ACCOUNT}`, secretAccessKey: 'sandbox' } as const
