import type { ResourceState } from './resource.ts'

/**
 * The same resources without references to what is not among them any more. A reference is to a resource further to the
 * front; children of a lost parent become its parent's (deploy/deployment_executor.go, rebuildBaseState).
 * @param resources in the order of a checkpoint
 * @param all the resources of before
 */
export function withoutLost (resources: readonly ResourceState[], all: readonly ResourceState[]): ResourceState[] {
  const parents = new Map(all.map(({ urn, parent }) => [urn, parent]))
  const present = new Set<string>()
  return resources.map((state) => {
    const kept = withReferencesTo(state, present, parents)
    present.add(state.urn)
    return kept
  })
}

function withReferencesTo (
  state: ResourceState,
  present: ReadonlySet<string>,
  parents: ReadonlyMap<string, string>
): ResourceState {
  let { parent } = state
  while (parent !== '' && !present.has(parent)) parent = parents.get(parent) ?? ''
  const here = (urn: string): boolean => present.has(urn)
  const propertyDependencies = Object.fromEntries(
    Object.entries(state.propertyDependencies)
      .map(([key, urns]) => [key, urns.filter(here)] as const)
      .filter(([key, urns]) => urns.length > 0 || state.propertyDependencies[key]?.length === 0)
  )
  const next = {
    ...state,
    parent,
    dependencies: state.dependencies.filter(here),
    propertyDependencies,
    deletedWith: here(state.deletedWith) ? state.deletedWith : ''
  }
  // An unchanged resource stays the same object: its JSON is known already.
  const lost =
    next.parent !== state.parent ||
    next.deletedWith !== state.deletedWith ||
    next.dependencies.length !== state.dependencies.length ||
    Object.values(propertyDependencies).flat().length !== Object.values(state.propertyDependencies).flat().length
  return lost ? next : state
}
