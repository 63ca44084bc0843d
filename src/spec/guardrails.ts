import type { FieldError } from '../schemas/problem.ts'
import type { Spec } from '../schemas/spec.ts'
import { placementNetwork } from '../schemas/spec-fields/network.ts'
import type { Guardrails, Placement } from '../schemas/team.ts'
import { pointer, fieldError } from './body.ts'
import { ecrRepository } from './image.ts'

interface Limits { readonly team: string, readonly guardrails: Guardrails }

/** Whether a guardrail lists `value`: as itself, by a final `*`, or by `*` alone. */
const lists = (entries: readonly string[] | undefined, value: string): boolean =>
  (entries ?? []).some((entry) => entry.endsWith('*') ? value.startsWith(entry.slice(0, -1)) : entry === value)

function judge ({ team, guardrails }: Limits, at: string, list: keyof Guardrails, value: string): FieldError[] {
  return fieldError(
    at,
    lists(guardrails[list], value)
      ? undefined
      : `${value} is beyond the team's guardrails; an admin allows it by PUT /teams/${team} with ${JSON.stringify(value)} in guardrails.${list}`
  )
}

function judgeNetwork (
  limits: Limits,
  spec: Spec,
  placement: Placement,
  list: 'subnets' | 'securityGroups'
): FieldError[] {
  const own = placementNetwork(spec.region, placement)[list] ?? []
  return (spec.network?.[list] ?? []).flatMap((id, index) =>
    own.includes(id) ? [] : judge(limits, pointer('network', list, index), list, id)
  )
}

function judgeImage (limits: Limits, at: string, image: string | undefined): FieldError[] {
  const repository = image === undefined ? undefined : ecrRepository(image)
  return repository === undefined ? [] : judge(limits, at, 'ecrRepositories', repository.name)
}

/**
 * Whatever in a spec reaches beyond its own environment must be the placement's or be listed by the team's guardrails:
 * another region, subnets, security groups, private ECR repositories (those of the placement's own account too, since
 * teams share accounts). Public images are free. The spec must have passed the schema. Answers one error for every field beyond.
 */
export function checkGuardrails (spec: Spec, placement: Placement, guardrails: Guardrails): FieldError[] {
  const limits = { team: spec.team, guardrails }
  const region = spec.region ?? placement.region
  return [
    ...(region === placement.region ? [] : judge(limits, '/region', 'regions', region)),
    ...judgeNetwork(limits, spec, placement, 'subnets'),
    ...judgeNetwork(limits, spec, placement, 'securityGroups'),
    ...Object.entries(spec.jobs).flatMap(([name, job]) =>
      judgeImage(limits, pointer('jobs', name, 'image'), job.image)
    ),
    ...judgeImage(limits, '/service/image', spec.service?.image)
  ]
}
