import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findEngine } from '../../src/engine/index.ts'
import type { Thing } from '../support/engine/resources.ts'
import { pulumi, thing } from '../support/engine/resources.ts'
import { nameOf, withStack } from '../support/engine/stack.ts'
import type { Program, TestStack } from '../support/engine/stack.ts'

const engine = await findEngine({ engine: 'sandbox', cloud: 'sandbox', path: '' })

/** Resource `i` needs those in `needs[i]`, all of them before it; those in `broken` cannot be created at first. */
interface Graph {
  needs: number[][]
  broken: number[]
}

const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 3, max: 12 }).chain((size) =>
  fc.record({
    needs: fc.tuple(
      ...Array.from({ length: size }, (_, index) =>
        fc.subarray(
          Array.from({ length: index }, (_, before) => before),
          { maxLength: Math.min(index, 3) }
        )
      )
    ),
    broken: fc.subarray(
      Array.from({ length: size }, (_, index) => index),
      { maxLength: 2 }
    )
  })
)

const program = ({ needs }: Graph): Program => async () => {
  const made: Thing[] = []
  for (const [index, before] of needs.entries()) {
    const [first, ...others] = before.map((other) => made[other]).filter((other) => other !== undefined)
    made.push(
      thing(`n${index}`, { index, value: first?.arn ?? 'none', secret: pulumi.secret(index) }, { dependsOn: others })
    )
  }
}

/** Everything that can't be there while `broken` is broken. */
function impossible ({ needs, broken }: Graph): Set<number> {
  const out = new Set(broken)
  for (const [index, before] of needs.entries()) if (before.some((other) => out.has(other))) out.add(index)
  return out
}

async function things (stack: TestStack): Promise<string[]> {
  const { resources, pending } = await stack.state()
  expect(pending).toEqual([])
  return resources.filter(({ type }) => type === 'test:index:Thing').map(({ urn }) => nameOf(urn)).sort()
}

function expectOrder (
  names: string[],
  needs: number[][],
  first: (need: number, index: number) => [number, number]
): void {
  const at = new Map(names.map((name, position) => [name, position]))
  for (const [index, before] of needs.entries()) {
    for (const need of before) {
      const [earlier, later] = first(need, index)
      const [a, b] = [at.get(`n${earlier}`), at.get(`n${later}`)]
      if (a !== undefined && b !== undefined) expect(a).toBeLessThan(b)
    }
  }
}

test('whatever depends on what, state and cloud agree after a failure, a retry, and a destroy', async () => {
  await fc.assert(
    fc.asyncProperty(graphs, async (graph) => {
      await withStack(engine, async (stack) => {
        const all = graph.needs.map((_, index) => `n${index}`).sort()
        const out = impossible(graph)
        for (const index of graph.broken) stack.provider.fail('Create', `n${index}`, 'no')
        const first = stack.up(program(graph))
        if (graph.broken.length > 0) await expect(first).rejects.toThrow('no')
        else await first
        const made = await things(stack)
        expect(made.filter((name) => out.has(Number(name.slice(1))))).toEqual([])
        expect([...stack.provider.resources.keys()].map((id) => id.split('-')[0]).sort()).toEqual(made)
        stack.provider.heal()
        await stack.up(program(graph))
        expect(await things(stack)).toEqual(all)
        expectOrder(stack.provider.names('Create'), graph.needs, (need, index) => [need, index])
        await stack.destroy()
        expect(await things(stack)).toEqual([])
        expect(stack.provider.resources.size).toBe(0)
        expectOrder(stack.provider.names('Delete'), graph.needs, (need, index) => [index, need])
      })
    }),
    { numRuns: 8, endOnFailure: true }
  )
})
