import { describe, expect, it } from 'vitest'
import { withCloud } from '../../support/aws/cloud.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { inputOf } from './event-log.ts'
import { withStack } from './stack.ts'

const engines = await enginesPresent()
const pairs = engines.flatMap((maker) =>
  engines.filter(({ kind }) => kind !== maker.kind).map((heir) => ({ maker, heir }))
)
const INPUT = inputOf(
  { team: 'vision', name: 'training', jobs: { default: { image: 'alpine:3.20' } } },
  { region: 'eu-central-1' }
)

describe.skipIf(pairs.length === 0)('an environment one engine made', () => {
  it.for(pairs)('$maker.kind: $heir.kind finds nothing to change in it and destroys it', async ({ maker, heir }) => {
    await withCloud((cloud) => withStack(maker, INPUT, cloud, async (stack) => {
      const made = await stack.up()
      const taken = await stack.on(heir)
      const again = await taken.up()
      expect(Object.keys(again.changes)).toEqual(['same'])
      expect(again.outputs).toEqual(made.outputs)
      await taken.destroy()
      expect(await cloud.control.resources()).toEqual([])
    }))
  })
})
