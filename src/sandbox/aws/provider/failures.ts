import { createRequire } from 'node:module'
import { Metadata, status, type ServiceError } from '@grpc/grpc-js'
import type * as messages from '@pulumi/pulumi/proto/provider_pb.js'
import type * as statusMessages from '@pulumi/pulumi/proto/status_pb.js'
import { Any, send } from '../wire.ts'
import { CreatedUnusable } from './lifecycle.ts'

const load = createRequire(import.meta.url)
const pb = load('@pulumi/pulumi/proto/provider_pb.js') as typeof messages
const rpc = load('@pulumi/pulumi/proto/status_pb.js') as typeof statusMessages

type Failure = Pick<ServiceError, 'code' | 'details' | 'message' | 'metadata' | 'name'>

/** The gRPC answer for an error of a handler; `verb` and `urn` as the bridge puts them before its text. */
export function failureOf (error: unknown, about: { verb?: string, urn: string, framework: boolean }): Failure {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof CreatedUnusable) return initFailed(error, listed(message, `creating ${about.urn}: `))
  if (about.verb === undefined) return plain(message)
  if (about.framework) return plain(message)
  return plain(listed(message, about.verb === 'creating' ? '' : `${about.verb} ${about.urn}: `))
}

/** How the bridge's multi-error prints its only entry. */
function listed (message: string, prefix: string): string {
  return `${prefix}1 error occurred:\n\t* ${message}\n\n`
}

function plain (message: string): Failure {
  return { name: 'ServiceError', code: status.UNKNOWN, message, details: message, metadata: new Metadata() }
}

/** The resource exists but is not usable: its id and properties travel with the error, so that the state keeps it. */
function initFailed (error: CreatedUnusable, reason: string): Failure {
  const { item } = error
  const detail = new pb.ErrorResourceInitFailed()
    .setId(item.id)
    .setProperties(send({ ...item.props, id: item.id }))
    .setReasonsList([reason])
  const any = new Any()
  any.pack(detail.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed')
  const full = new rpc.Status().setCode(status.UNKNOWN).setMessage(error.message).setDetailsList([any])
  const failure = plain(error.message)
  failure.metadata.add('grpc-status-details-bin', Buffer.from(full.serializeBinary()))
  return failure
}
