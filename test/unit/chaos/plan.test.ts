import { expect, test } from 'vitest'
import { randomFrom } from '../../../scripts/chaos/random.ts'
import { SPEC } from '../../../scripts/chaos/lifecycle.ts'
import { planLifecycle } from '../../../scripts/chaos/plan.ts'
import type { Spec } from '../../../src/schemas/spec.ts'
import { mergePatch } from '../../../src/spec/merge-patch.ts'
import { resolveSpec } from '../../../src/spec/resolve.ts'

test('Each change of a lifecycle that is to be disturbed begins an update: it changes what the spec means', () => {
  for (let seed = 0; seed < 500; seed++) {
    let spec: Spec = SPEC
    for (const { patch } of planLifecycle(randomFrom(seed))) {
      if (!patch) continue
      const next = mergePatch(spec, patch) as Spec
      expect([seed, resolveSpec(next, { region: 'us-east-1' })]).not.toEqual([
        seed,
        resolveSpec(spec, { region: 'us-east-1' })
      ])
      spec = next
    }
  }
})
