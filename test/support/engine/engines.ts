import { findEngine, type EngineExecutable } from '../../../src/engine/index.ts'

/**
 * Every engine of this machine: the sandbox engine always, the real `pulumi` if BATCHYARD_PULUMI_ROOT or PATH has it.
 */
export async function enginesPresent (): Promise<EngineExecutable[]> {
  const root = process.env['BATCHYARD_PULUMI_ROOT']
  const where = {
    cloud: 'sandbox',
    path: process.env['PATH'] ?? '',
    ...(root === undefined ? {} : { pulumiRoot: root })
  } as const
  const sandbox = await findEngine({ ...where, engine: 'sandbox' })
  const found = await findEngine({ ...where, engine: 'auto' })
  if (found.kind === 'pulumi') return [sandbox, found]
  console.log('No pulumi CLI was found: the contract suite runs on the sandbox engine only.')
  return [sandbox]
}
