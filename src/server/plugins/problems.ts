import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { typeidUnboxed } from 'typeid-js'
import { REQUEST_CODES, type RequestCode } from '../../error-codes.ts'
import { Refusal, invalidFields, type RefusalDetails } from '../../errors.ts'
import { fieldErrors } from '../../routes/http/field-errors.ts'
import type { Problem } from '../../schemas/problem.ts'
import { isDatabaseAway } from '../../store/database/errors.ts'
import { requestSubject } from './request-log.ts'

/** Our codes for Fastify's own refusals. Any other one with a 4xx status is `malformed-request`. */
const FASTIFY_CODES: Readonly<Record<string, RequestCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload-too-large'
}

/** Answers what the router itself refuses (an undecodable path, an overlong parameter), for which no hook runs. */
export function refuseUnroutable (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id)
  sendProblem(request, reply, toRefusal(error))
}

/** Messages for Node's own refusals, by its code. Anything else it cannot parse is not HTTP. */
const UNREADABLE: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'the path and headers together are too long',
  ERR_HTTP_REQUEST_TIMEOUT: 'the request did not arrive in time'
}

/** Answers bytes that are not an HTTP request, for which Fastify makes no request and reply; closes the connection. */
export function refuseUnreadable (error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const refusal = new Refusal('malformed-request', UNREADABLE[error.code ?? ''] ?? 'that is not an HTTP request')
  const problem = toProblem(refusal, typeidUnboxed('req'))
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${problem.requestId}`,
    'connection: close'
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** Answers every failure of a request as an RFC 9457 problem; logs those with a 5xx status, once, here. */
export const problems = fp(async (app) => {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const refusal = toRefusal(error)
    const { status } = REQUEST_CODES[refusal.code]
    if (status >= 500) {
      request.log.error({ ...requestSubject(request), err: error, code: refusal.code }, 'request failed')
    }
    return sendProblem(request, reply, refusal)
  })
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      request,
      reply,
      new Refusal('not-found', `there is no ${request.method} ${request.url.split('?')[0]?.slice(0, 200)}`)
    )
  )
}, { name: 'problems' })

function toRefusal (error: FastifyError): Refusal {
  if (error instanceof Refusal) return error
  if (isDatabaseAway(error)) {
    return new Refusal('unavailable', 'the database does not answer', { retryAfter: 5, cause: error })
  }
  if (error.validation) return invalidFields(fieldErrors(error.validation, error.validationContext))
  const code = FASTIFY_CODES[error.code]
  if (code) return new Refusal(code, error.message)
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new Refusal('malformed-request', error.message)
  }
  return new Refusal('internal-error', 'the failure is in the log under this requestId', { cause: error })
}

/** Sends a refusal as `application/problem+json`. */
function sendProblem (request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer realm="batchyard"')
  if (refusal.details.retryAfter !== undefined) reply.header('retry-after', String(refusal.details.retryAfter))
  const problem = toProblem(refusal, request.id)
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem)
}

function toProblem ({ code, message, details }: Refusal, requestId: string): Problem {
  const { status, title } = REQUEST_CODES[code]
  return {
    type: `urn:batchyard:problem:${code}`,
    title: title || STATUS_CODES[status] || 'Error',
    status,
    detail: message,
    code,
    requestId,
    ...optional(details)
  }
}

function optional ({ errors, changed, operation }: RefusalDetails): Pick<Problem, 'errors' | 'changed' | 'operation'> {
  return {
    ...(errors && { errors: [...errors] }),
    ...(changed && { changed: [...changed] }),
    ...(operation !== undefined && { operation })
  }
}
