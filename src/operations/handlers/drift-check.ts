import type { DriftResult } from '../../schemas/operation.ts'
import { unknownArns } from '../../spec/environment-resources.ts'
import type { EnvironmentRow } from '../../store/tables.ts'
import { withoutIgnoredTags } from '../../spec/drift-ignore.ts'
import type { WorkResult } from '../attempt/attempt.ts'
import type { WorkItem } from './work-item.ts'
import { required, runEngine, awsTargetOf } from './engine-run.ts'

/** Compares the state with the cloud; writes nothing but its report. */
export async function findDrift (item: WorkItem): Promise<WorkResult> {
  const environment = required(item.environment)
  const { drifted } = await runEngine(item, environment, { kind: 'drift' })
  const result = {
    resources: withoutIgnoredTags(drifted, environment.resolved.driftIgnore),
    unmanaged: await unmanagedOf(item, environment)
  }
  return {
    result,
    drifted: { status: result.resources.length + result.unmanaged.length > 0, reason: reasonOf(result) }
  }
}

/** What carries the environment's tags and is in no state; a revision that was replaced is not kept in the state either. */
export async function unmanagedOf (
  {
    attempt: {
      context: { aws, engine }
    }
  }: WorkItem,
  environment: EnvironmentRow
): Promise<DriftResult['unmanaged']> {
  const [tagged, known] = await Promise.all([
    aws.tagged(awsTargetOf(environment), environment.id),
    engine.resources(environment.id)
  ])
  const unknown = new Set(unknownArns(tagged.map(({ arn }) => arn), known))
  return tagged.filter(({ arn }) => unknown.has(arn)).map(({ arn, tags }) => ({ arn, tags: { ...tags } }))
}

function reasonOf ({ resources, unmanaged }: DriftResult): string {
  const counts = {
    changed: resources.filter(({ status }) => status === 'changed').length,
    missing: resources.filter(({ status }) => status === 'missing').length,
    'not in the state': unmanaged.length
  }
  const found = Object.entries(counts).filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`)
  return found.length === 0 ? 'the cloud is as the state has it' : found.join(', ')
}
