import type { DriftResult } from '../../schemas/operation.ts'
import { withoutIgnoredTags } from '../../spec/drift-ignore.ts'
import { unknownArns } from '../../spec/environment-resources.ts'
import type { WorkResult } from '../attempt/attempt.ts'
import { awsTargetOf, runEngine } from './engine-run.ts'
import type { WorkItem } from './work-item.ts'

/** Compares the state with the cloud; writes nothing but its report. */
export async function checkDrift (item: WorkItem): Promise<WorkResult> {
  const { environment } = item
  const { drifted } = await runEngine(item, environment, { kind: 'drift' })
  const result = {
    resources: withoutIgnoredTags(drifted, environment.resolved.driftIgnore),
    unmanaged: await unmanagedOf(item)
  }
  const isDrifted = result.resources.length + result.unmanaged.length > 0
  return { work: 'drift-check', result, drifted: { status: isDrifted, reason: reasonOf(result) } }
}

/**
 * What carries the environment's tags and is not in the state; nor is a revision of a job definition that was replaced.
 */
export async function unmanagedOf ({ attempt, environment }: WorkItem): Promise<DriftResult['unmanaged']> {
  const { awsCalls, engine } = attempt.context
  const [tagged, known] = await Promise.all([
    awsCalls.tagged(awsTargetOf(environment), environment.id),
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
