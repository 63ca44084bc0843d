import { applyDestroy, applyUp } from './apply-changes.ts'
import type { EngineDependencies } from './dependencies.ts'
import { findDrift, previewChanges } from './read-only-run.ts'
import { RunSession } from './run-session.ts'
import { ofStorage } from './translate/failures.ts'
import type { RunHooks, RunKind, RunRequest, RunResults } from './types.ts'

const runByKind: { readonly [K in RunKind]: (session: RunSession<K>) => Promise<RunResults[K]> } = {
  up: applyUp,
  destroy: applyDestroy,
  preview: previewChanges,
  drift: findDrift
}

/** @throws RunFailure, or what a hook throws */
export async function runStack<K extends RunKind> (
  request: RunRequest<K>,
  hooks: RunHooks,
  dependencies: EngineDependencies
): Promise<RunResults[K]> {
  const session = new RunSession<K>(request, hooks, dependencies)
  let failed = true
  try {
    await session.open()
    const result = await runByKind[request.kind](session)
    failed = false
    return result
  } catch (error) {
    throw error instanceof Error ? ofStorage(error) : error
  } finally {
    await session.close(failed)
  }
}
