import type { FieldError } from '../schemas/problem.ts'
import type { Spec } from '../schemas/spec.ts'
import { placementNetwork } from '../schemas/spec-fields/network.ts'
import type { Guardrails, Placement } from '../schemas/team.ts'
import { fieldError, pointer } from './body.ts'
import { ecrRepository } from './image.ts'

interface Input { readonly spec: Spec, readonly placement: Placement, readonly guardrails: Guardrails }

/** Whether a guardrail lists `value`: as itself, by a final `*`, or by `*` alone. */
const lists = (entries: readonly string[] | undefined, value: string): boolean =>
  (entries ?? []).some((entry) => entry.endsWith('*') ? value.startsWith(entry.slice(0, -1)) : entry === value)

function checkListed (
  { spec: { team }, guardrails }: Input,
  at: string,
  { list, value }: { readonly list: keyof Guardrails, readonly value: string }
): FieldError[] {
  if (lists(guardrails[list], value)) return []
  const remedy = `PUT /teams/${team} with ${JSON.stringify(value)} in guardrails.${list}`
  return fieldError(at, `${value} is beyond the team's guardrails; an admin allows it by ${remedy}`)
}

function checkNetwork (input: Input, list: 'subnets' | 'securityGroups'): FieldError[] {
  const { spec, placement } = input
  const own = placementNetwork(spec.region, placement)[list] ?? []
  return (spec.network?.[list] ?? []).flatMap((id, index) =>
    own.includes(id) ? [] : checkListed(input, pointer('network', list, index), { list, value: id })
  )
}

function checkImage (input: Input, at: string, image: string | undefined): FieldError[] {
  const repository = image === undefined ? undefined : ecrRepository(image)
  return repository === undefined ? [] : checkListed(input, at, { list: 'ecrRepositories', value: repository.name })
}

/**
 * Whatever in a spec reaches beyond its own environment must be the placement's or be listed by the team's guardrails:
 * another region, subnets, security groups, private ECR repositories (those of the placement's own account too, since
 * teams share accounts). Public images are free. The spec must have passed the schema.
 * @returns An error for every field that reaches beyond what is allowed
 */
export function checkGuardrails (spec: Spec, placement: Placement, guardrails: Guardrails): FieldError[] {
  const input = { spec, placement, guardrails }
  const region = spec.region ?? placement.region
  return [
    ...(region === placement.region ? [] : checkListed(input, '/region', { list: 'regions', value: region })),
    ...checkNetwork(input, 'subnets'),
    ...checkNetwork(input, 'securityGroups'),
    ...Object.entries(spec.jobs).flatMap(([name, job]) =>
      checkImage(input, pointer('jobs', name, 'image'), job.image)
    ),
    ...checkImage(input, '/service/image', spec.service?.image)
  ]
}
