import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../../schemas/problem.ts'
import { refTo } from '../../schemas/names.ts'

/** A scope whose handlers are typed by their schemas. */
export const typed = (scope: FastifyInstance) => scope.withTypeProvider<TypeBoxTypeProvider>()

const problemResponse = {
  description: 'A problem; `code` says which',
  content: { 'application/problem+json': { schema: refTo(Problem) } }
}

/** A problem that ends without a change of the request. */
export const temporaryProblemResponse = {
  ...problemResponse,
  headers: { 'retry-after': { type: 'string', description: 'Seconds after which trying again makes sense' } }
}

/** The problems a route may answer with, for the documentation. */
export const problemsFor = <const S extends readonly number[]>(...statuses: S) =>
  Object.fromEntries(statuses.map((status) => [status, status === 503 ? temporaryProblemResponse : problemResponse]))
