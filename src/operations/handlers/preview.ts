import type { PlannedChange } from '../../schemas/change.ts'
import type { PreviewResult } from '../../schemas/operation.ts'
import { interruptsJobs, queueArnsOf } from '../../spec/environment-resources.ts'
import { isDrifted } from '../attempt/phases.ts'
import type { WorkResult } from '../attempt/attempt.ts'
import type { WorkItem } from './work-item.ts'
import { runEngine, awsTargetOf, type Subject } from './engine-run.ts'

/** Shows what making the spec real would do. Touches nothing. */
export async function preview (item: WorkItem): Promise<WorkResult> {
  const { context, operation } = item.attempt
  const input = operation.input.preview
  if (!input) throw new Error('a preview has a spec')
  const { environmentId, spec: { team, name }, resolved, placement } = input
  const subject = { id: environmentId, team, name, resolved, placement }
  // What an update of a drifted environment repairs is part of what it would do.
  const repairsDrift = item.environment !== undefined && isDrifted(item.environment)
  const { changes, stateFingerprint } = await runEngine(item, subject, { kind: 'preview', refresh: repairsDrift })
  const result: PreviewResult = {
    environmentId,
    changes: [...changes],
    summary: summaryOf(changes),
    affectedJobs: await affectedJobs(item, subject, changes),
    repairsDrift,
    stateFingerprint,
    programVersion: context.programVersion
  }
  return { result }
}

function summaryOf (changes: readonly PlannedChange[]): PreviewResult['summary'] {
  const summary = { create: 0, update: 0, replace: 0, delete: 0 }
  for (const { action } of changes) summary[action]++
  return summary
}

/** Counts the jobs that the changes would end; null where they could not be counted. */
async function affectedJobs (
  { attempt }: WorkItem,
  subject: Subject,
  changes: readonly PlannedChange[]
): Promise<PreviewResult['affectedJobs']> {
  if (!changes.some(interruptsJobs)) return { count: 0, running: 0 }
  const {
    context: { aws, engine },
    log
  } = attempt
  try {
    return await aws.activeJobs(awsTargetOf(subject), queueArnsOf(await engine.resources(subject.id)))
  } catch (error) {
    log.warn({ err: error }, 'jobs could not be counted')
    return null
  }
}
