import { isProviderType } from '../urn.ts'
import type { ResourceState } from './resource.ts'

/**
 * What is wrong with the resources of a checkpoint, in the CLI's words (deploy/snapshot.go, VerifyIntegrity): every
 * reference must be to a resource further to the front.
 * @returns `undefined` if nothing is
 */
export function integrityProblem (resources: readonly ResourceState[]): string | undefined {
  const urns = new Set<string>()
  const providers = new Set<string>()
  const live = new Set<string>()
  for (const [index, state] of resources.entries()) {
    const problem = formProblem(state, index, providers) ?? referenceProblem(state, urns, resources.slice(index + 1))
    if (problem !== undefined) return problem
    if (!state.delete && live.has(state.urn)) return `duplicate resource ${state.urn} (not marked for deletion)`
    if (!state.delete) live.add(state.urn)
    urns.add(state.urn)
    if (isProviderType(state.type)) providers.add(`${state.urn}::${state.id}`)
  }
  return undefined
}

function formProblem (state: ResourceState, index: number, providers: ReadonlySet<string>): string | undefined {
  const { urn, provider } = state
  if (urn === '') return `resource at index ${index} missing required 'urn' field`
  if (state.type === '') return `resource '${urn}' missing required 'type' field`
  if (!state.custom && state.id !== '') return `resource '${urn}' has 'custom false but non-empty ID`
  if (provider !== '' && !providers.has(provider) && !state.pendingReplacement) {
    return `resource ${urn} refers to unknown provider ${provider}`
  }
  return undefined
}

interface Need {
  urn: string
  late: string
  missing: string
}

function referenceProblem (
  state: ResourceState,
  urns: ReadonlySet<string>,
  later: readonly ResourceState[]
): string | undefined {
  const need = needsOf(state).find(({ urn }) => urn !== '' && !urns.has(urn))
  if (need === undefined) return undefined
  return later.some(({ urn }) => urn === need.urn) ? need.late : need.missing
}

function needsOf ({ urn, parent, dependencies, propertyDependencies, deletedWith }: ResourceState): Need[] {
  return [
    {
      urn: parent,
      late: `child resource ${urn}'s parent ${parent} comes after it`,
      missing: `child resource ${urn} refers to missing parent ${parent}`
    },
    ...dependencies.map((other) => ({
      urn: other,
      late: `resource ${urn}'s dependency ${other} comes after it`,
      missing: `resource ${urn}'s dependency ${other} refers to missing resource`
    })),
    ...Object.entries(propertyDependencies).flatMap(([key, others]) =>
      others.map((other) => ({
        urn: other,
        late: `resource ${urn}'s property dependency ${other} (from property ${key}) comes after it`,
        missing: `resource ${urn}'s property dependency ${other} (from property ${key}) refers to missing resource`
      }))
    ),
    {
      urn: deletedWith,
      late: `resource ${urn} is specified as being deleted with ${deletedWith}, which comes after it`,
      missing: `resource ${urn} is specified as being deleted with ${deletedWith}, which is missing`
    }
  ]
}
