import { ENVIRONMENT_TAG, ID_TAG, TEAM_TAG } from '../spec/tags.ts'
import type { EnvironmentInput } from './input.ts'

/** Tags of every resource: the team, the environment, its id, and the labels of the spec. */
export function tagsOf ({ id, team, name, spec }: EnvironmentInput): Record<string, string> {
  return { ...spec.labels, [TEAM_TAG]: team, [ENVIRONMENT_TAG]: name, [ID_TAG]: id }
}
