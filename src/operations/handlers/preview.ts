import type { PlannedChange } from '../../schemas/change.ts'
import type { PreviewResult } from '../../schemas/operation.ts'
import { interruptsJobs, queueArnsOf } from '../../spec/environment-resources.ts'
import type { WorkResult } from '../attempt/attempt.ts'
import { isDrifted } from '../attempt/phases.ts'
import { awsTargetOf, runEngine, type Subject } from './engine-run.ts'
import type { PreviewItem, Work } from './work-item.ts'

/** Shows what making the spec real would do. Changes nothing. */
export async function preview (item: PreviewItem): Promise<WorkResult> {
  const { environmentId, spec: { team, name }, resolved, placement } = item.input
  const subject = { id: environmentId, team, name, resolved, placement }
  // What an update of a drifted environment repairs is part of what it would do.
  const repairsDrift = item.environment !== undefined && isDrifted(item.environment)
  const { changes, stateFingerprint } = await runEngine(item, subject, { kind: 'preview', refresh: repairsDrift })
  const result = {
    environmentId,
    changes: [...changes],
    summary: summaryOf(changes),
    affectedJobs: await affectedJobs(item, subject, changes),
    repairsDrift,
    stateFingerprint,
    programVersion: item.attempt.context.programVersion
  }
  return { work: 'preview', result }
}

function summaryOf (changes: readonly PlannedChange[]): PreviewResult['summary'] {
  const summary = { create: 0, update: 0, replace: 0, delete: 0 }
  for (const { action } of changes) summary[action]++
  return summary
}

/** Counts the jobs that the changes would end; null where they could not be counted. */
async function affectedJobs (
  { attempt: { context: { awsCalls, engine }, log } }: Work,
  subject: Subject,
  changes: readonly PlannedChange[]
): Promise<PreviewResult['affectedJobs']> {
  if (!changes.some(interruptsJobs)) return { count: 0, running: 0 }
  try {
    return await awsCalls.activeJobs(awsTargetOf(subject), queueArnsOf(await engine.resources(subject.id)))
  } catch (error) {
    log.warn({ err: error }, 'jobs could not be counted')
    return null
  }
}
