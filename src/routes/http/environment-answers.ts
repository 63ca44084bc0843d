import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { Environment } from '../../schemas/environment.ts'
import { EnvironmentId } from '../../schemas/names.ts'

export const ById = Type.Object({ id: EnvironmentId }, { additionalProperties: false })
export const ETag = { etag: { type: 'string', description: 'Follows the generation' } }

/** Sends an environment with its ETag; the line of the log has its id and its operation's. */
export function sendEnvironment (reply: FastifyReply, environment: Environment): Environment {
  reply.header('etag', `"${environment.generation}"`)
  const { request } = reply
  // Where the path has the environment's id, the line has it from there.
  const named = typeof request.params === 'object' && request.params !== null && 'id' in request.params
  request.log = request.log.child({
    ...(!named && { environmentId: environment.id }),
    ...(environment.operation && { operationId: environment.operation.id })
  })
  return environment
}
