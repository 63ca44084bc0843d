import type { FastifyInstance, FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { Refusal, invalidFields } from '../../errors.ts'
import type { Expected } from '../../operations/preconditions/if-match.ts'
import { refTo } from '../../schemas/names.ts'
import type { FieldError } from '../../schemas/problem.ts'
import { Spec, type NamedSpec } from '../../schemas/spec.ts'
import type { Placement } from '../../schemas/team.ts'
import { ownField, text } from '../../spec/body.ts'
import { checkSpec } from '../../spec/check.ts'
import { mergePatch } from '../../spec/merge-patch.ts'
import type { EnvironmentRow } from '../../store/tables.ts'
import { fieldErrors } from './field-errors.ts'

/** One object: compiled shapes are kept by identity. */
const SPEC = refTo(Spec)

type ValidationResult = true | { readonly error: FastifySchemaValidationError[] }

/** Everything wrong with a spec that was put together here and not by the caller alone. */
function specProblems (request: FastifyRequest, spec: unknown, placement: Placement): FieldError[] {
  const result = request.compileValidationSchema(SPEC, 'body')(spec) as unknown as ValidationResult
  const bySchema = result === true ? [] : fieldErrors(result.error)
  return [...bySchema, ...checkSpec(spec, bySchema, placement)]
}

/** An environment is one team's, under one name, in one region: what it is made of cannot be moved. */
function fixedFields (candidate: unknown, { team, name, resolved, placement }: EnvironmentRow): FieldError[] {
  const fixed = { team, name, region: resolved.region }
  const wanted = {
    team: ownField(candidate, 'team'),
    name: ownField(candidate, 'name'),
    region: ownField(candidate, 'region') ?? placement.region
  }
  return (['team', 'name', 'region'] as const)
    .filter((name) => fixed[name] !== wanted[name])
    .map((name) => ({
      pointer: `/${name}`,
      message: `cannot be changed, it is ${fixed[name]}: ask for a new environment`
    }))
}

function validateNewSpec (request: FastifyRequest, candidate: unknown, present: EnvironmentRow): Spec {
  const fixed = fixedFields(candidate, present)
  const named = new Set(fixed.map((error) => error.pointer))
  const problems = [
    ...fixed,
    ...specProblems(request, candidate, present.placement).filter((error) => !named.has(error.pointer))
  ]
  if (problems.length > 0) throw invalidFields(problems)
  return candidate as Spec
}

/** Lets the routes of a scope take a merge patch under its own media type too. */
export function acceptMergePatches (scope: FastifyInstance): void {
  scope.addContentTypeParser(MERGE_PATCH, { parseAs: 'string' }, scope.getDefaultJsonParser('error', 'error'))
}

const MERGE_PATCH = 'application/merge-patch+json'
/** Media types of a body that is a merge patch, as the documentation has them. */
export const PATCH_TYPES = ['application/json', MERGE_PATCH]

/** The spec that the body, a JSON merge patch, makes of the present one. */
export const applyMergePatch = (request: FastifyRequest) => (present: EnvironmentRow): Spec =>
  validateNewSpec(request, mergePatch(present.spec, request.body), present)

/** The body as the new spec, in the place of the present one. */
export const replaceSpec =
  (request: FastifyRequest, spec: unknown) =>
    (present: EnvironmentRow): Spec =>
      validateNewSpec(request, spec, present)

const ENTITY_TAGS = /^\s*(?:W\/)?"[^"]*"\s*(?:,\s*(?:W\/)?"[^"]*"\s*)*$/

/**
 * The generations an If-Match names, `any` where it asks for no more than that there is one (RFC 9110, 13.1.1: compared
 * strongly, so a weak tag names none).
 * @throws Refusal `malformed-request`
 */
export function generationsOf (ifMatch: string | undefined): Expected {
  if (ifMatch === undefined) return undefined
  if (ifMatch.trim() === '*') return 'any'
  if (!ENTITY_TAGS.test(ifMatch)) {
    throw new Refusal('malformed-request', 'If-Match must be * or entity tags in double quotes, as ETag has them')
  }
  return ifMatch.split(',').flatMap((tag) => {
    const [, generation] = /^\s*"([1-9]\d{0,8})"\s*$/.exec(tag) ?? []
    return generation === undefined ? [] : [Number(generation)]
  })
}

type Names = Pick<Spec, 'team' | 'name'>

/** A body that says whose it is must say what the path says. */
export function wrongName (body: unknown, names: Names): FieldError[] {
  return (['team', 'name'] as const).filter((name) => (text(ownField(body, name)) ?? names[name]) !== names[name])
    .map((name) => ({ pointer: `/${name}`, message: `must be ${names[name]}, as the path has it, or left out` }))
}

export const namedSpec = (body: NamedSpec, { team, name }: Names): Spec => ({ ...body, team, name })
