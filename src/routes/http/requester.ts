import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Refusal } from '../../errors.ts'
import { idempotencyOf, type Idempotency } from '../../operations/preconditions/idempotency-key.ts'
import type { Requester } from '../../operations/access/requester.ts'
import { OperationId } from '../../schemas/names.ts'

/** Headers of every POST. */
export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description:
        'The same key and body within 24 hours give the same answer and are done once; another body is answered 422'
    })
  )
})

/** Headers of a write that may name the preview it carries out. */
export const WriteHeaders = Type.Object({
  ...IdempotencyHeaders.properties,
  'if-preview': Type.Optional(
    Type.Unsafe<string>({ ...OperationId, description: 'Id of a preview: do exactly what it showed, or answer 409' })
  )
})

/** Headers of a write that may say for which version of the environment it is meant. */
export const IfMatchHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({
      maxLength: 1000,
      description:
        'The ETag the request is meant for, or `*` for any environment that exists; 412 when it is another by now'
    })
  )
})

/** The caller of a request and its headers that matter to commands. */
export function requesterOf (request: FastifyRequest): Requester {
  const { caller, id, headers } = request
  const preview = headers['if-preview']
  return {
    caller,
    requestId: id,
    ifPreview: typeof preview === 'string' ? preview : undefined,
    idempotency: idempotency(request)
  }
}

/** The draft has the key as a structured string, in quotes; without them it is taken as it is. */
const KEY = /^"([\x20-\x7e]{1,253})"$|^([\x21\x23-\x7e][\x21-\x7e]{0,254})$/

/** Headers that are part of what a request asks for: with another value it is another request. */
const CONDITIONS = ['if-preview', 'if-match', 'if-none-match'] as const

function idempotency ({ caller, method, url, headers, body }: FastifyRequest): Idempotency | undefined {
  const header = headers['idempotency-key']
  if (header === undefined) return undefined
  const [, quoted, plain] = KEY.exec(String(header)) ?? []
  const key = quoted ?? plain
  if (key === undefined) {
    throw new Refusal(
      'malformed-request',
      'Idempotency-Key must be 1 to 255 visible characters of ASCII, best a UUID in quotes'
    )
  }
  return idempotencyOf(caller, key, [method, url, ...CONDITIONS.map((name) => headers[name] ?? null), body ?? null])
}
