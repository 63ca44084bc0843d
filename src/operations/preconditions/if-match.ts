import { Refusal, type ChangedField } from '../../errors.ts'
import { differences } from '../../spec/merge-patch.ts'
import { specAt } from '../../store/queries/environments.ts'
import type { Queryable } from '../../store/sql.ts'
import type { EnvironmentRow } from '../../store/tables.ts'

/** Generations, one of which must be the present one; `any`: the environment must exist; undefined: no precondition. */
export type Expected = readonly number[] | 'any' | undefined

/** @throws Refusal `precondition-failed`, with every field that has changed since the expected generation */
export async function refuseStale (
  trx: Queryable,
  { id, generation, spec }: EnvironmentRow,
  expected: Expected
): Promise<void> {
  if (expected === undefined || expected === 'any' || expected.includes(generation)) return
  const known = expected[0] === undefined ? undefined : await specAt(trx, id, expected[0])
  const changed: ChangedField[] | undefined = known && differences(known, spec)
  throw new Refusal('precondition-failed', `the environment is at generation ${generation}, ETag "${generation}"`, {
    ...(changed && { changed })
  })
}
