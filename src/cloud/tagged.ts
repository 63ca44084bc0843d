import { ID_TAG } from '../spec/tags.ts'
import type { Session } from './session.ts'
import { unless } from './translate.ts'
import type { TaggedResource } from './types.ts'

const PAGE = 100
/** Tasks of jobs and of the service carry its tags while they run, and are nobody's resources. */
const TASK = /^arn:[^:]+:ecs:.*:task\//

/** Everything in the region that carries the environment's id tag, all pages. The tagging API knows no IAM roles. */
export async function listTagged (session: Session, environmentId: string): Promise<TaggedResource[]> {
  const tagging = await session.tagging()
  const found: TaggedResource[] = []
  let PaginationToken: string | undefined
  do {
    const page = await tagging.getResources({
      TagFilters: [{ Key: ID_TAG, Values: [environmentId] }],
      ResourcesPerPage: PAGE,
      PaginationToken
    })
    for (const { ResourceARN: arn, Tags = [] } of page.ResourceTagMappingList ?? []) {
      if (arn !== undefined && !TASK.test(arn)) {
        found.push({ arn, tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])) })
      }
    }
    // The last page has an empty token.
    PaginationToken = page.PaginationToken === '' ? undefined : page.PaginationToken
  } while (PaginationToken !== undefined)
  return withoutRetired(session, found)
}

/**
 * Revisions of job and task definitions keep their tags for months after they were deregistered: they are no resources
 * any more.
 */
async function withoutRetired (session: Session, found: TaggedResource[]): Promise<TaggedResource[]> {
  const retired = new Set<string>()
  const arns = found.map(({ arn }) => arn)
  for (const arn of arns.filter((each) => each.includes(':job-definition/'))) {
    const { jobDefinitions: [definition] = [] } = await (
      await session.batch()
    ).describeJobDefinitions({ jobDefinitions: [arn] })
    if (definition?.status !== 'ACTIVE') retired.add(arn)
  }
  for (const arn of arns.filter((each) => each.includes(':task-definition/'))) {
    const answer = await unless(
      ['ClientException'],
      (await session.ecs()).describeTaskDefinition({ taskDefinition: arn })
    )
    if (answer?.taskDefinition?.status !== 'ACTIVE') retired.add(arn)
  }
  return found.filter(({ arn }) => !retired.has(arn))
}
