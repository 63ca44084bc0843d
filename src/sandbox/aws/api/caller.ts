import type { IncomingHttpHeaders } from 'node:http'
import { ApiError } from '../model/errors.ts'
import type { AwsCaller } from '../model/types.ts'
import { block, count, isProps, parseJson, textProperty } from '../values.ts'
import { partitionOf } from '../../../spec/regions.ts'
import { ACCESS_KEY } from './credentials.ts'

/** What a session token says: it is nothing but its content, for there is nobody to keep it from. */
interface Token { account: string, role: { name: string, session: string }, expires: number }

export function sessionToken (token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

const CREDENTIAL = /Credential=([^/\s,]+)\/\d{8}\/([^/\s,]+)\/([^/\s,]+)\/aws4_request/

/** What a request is signed with, and for. */
interface Signed { accessKey: string, region: string, service: string }

/** Signatures are not verified; one must be there. Throws in AWS's words. */
export function signedFor ({ authorization = '' }: IncomingHttpHeaders): Signed {
  const [, accessKey, region, service] = CREDENTIAL.exec(authorization) ?? []
  if (accessKey === undefined || region === undefined || service === undefined) {
    throw new ApiError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403)
  }
  return { accessKey, region, service }
}

/** Who calls, by the credentials the request is signed with. Throws in AWS's words. */
export function callerOf ({ accessKey, region }: Signed, headers: IncomingHttpHeaders): AwsCaller {
  return {
    region,
    partition: partitionOf(region) ?? 'aws',
    defaultTags: {},
    ignoredTags: { keys: [], keyPrefixes: [] },
    ...identityOf(accessKey, headers['x-amz-security-token'])
  }
}

function identityOf (accessKey: string, token: string | string[] | undefined): Pick<AwsCaller, 'account' | 'role'> {
  const account = ACCESS_KEY.exec(accessKey)?.[1]
  if (account !== undefined) return { account }
  const content = parseJson(Buffer.from(String(token ?? ''), 'base64url').toString('utf8'))
  if (!isProps(content)) {
    throw new ApiError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403)
  }
  if ((count(content, 'expires') ?? 0) <= Date.now()) {
    throw new ApiError('ExpiredToken', 'The security token included in the request is expired', 403)
  }
  const role = block(content, 'role')
  return {
    account: textProperty(content, 'account'),
    role: { name: textProperty(role, 'name'), session: textProperty(role, 'session') }
  }
}
