import type { Figure, Row } from '../figure.ts'
import { create, remove, update, comparisonInput, withBenchSetup, type BenchSetup } from '../setup/bench-setup.ts'
import { ask } from '../setup/naive-client.ts'

const CHANGE = { labels: { changed: 'yes' } }

/** Engine processes per create, update and delete on `file://` state, counted by the executable that is started. */
export const engineStarts: Figure = {
  name: 'engine-starts',
  measure: async ({ engine }) => withBenchSetup({ engine }, async (setup) => {
    const naive = await setup.startComparison('naive')
    const input = comparisonInput()
    const created = await counted(setup, async () => create(setup))
    const createdNaively = await counted(setup, async () => ask(naive, 'POST', '/environments', input))
    const updated = await counted(setup, async () => update(setup, created.result.id, CHANGE))
    const updatedNaively = await counted(setup, async () =>
      ask(naive, 'POST', '/environments', { ...input, spec: { ...input.spec, ...CHANGE } })
    )
    const deleted = await counted(setup, async () => remove(setup, created.result.id))
    const deletedNaively = await counted(setup, async () => ask(naive, 'DELETE', `/environments/${input.id}`))
    return [
      rowFor('engine processes per create', 2, created.starts, createdNaively.starts),
      rowFor('engine processes per update', 1, updated.starts, updatedNaively.starts),
      rowFor('engine processes per delete', 2, deleted.starts, deletedNaively.starts)
    ]
  })
}

async function counted<T> ({ engine }: BenchSetup, act: () => Promise<T>): Promise<{ result: T, starts: string[] }> {
  const before = await engine.starts()
  const result = await act()
  return { result, starts: (await engine.starts()).slice(before.length) }
}

function rowFor (title: string, atMost: number, starts: string[], naiveStarts: string[]): Row {
  return { title, measured: starts.length, budget: { atMost }, naive: naiveStarts.length, detail: starts.join(', ') }
}
