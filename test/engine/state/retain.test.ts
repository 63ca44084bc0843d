import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { EngineEvent } from '../../../src/schemas/event.ts'
import { enginesPresent } from '../../support/engine/engines.ts'
import { failureOf, withEngine } from '../../support/engine/harness.ts'
import type { Behaviour } from '../../support/engine/programs.ts'

const BUCKET: Behaviour = {
  things: ['grouped'],
  detailed: {
    bucket: { type: 'test:index:Bucket', inputs: { size: 1 }, password: 'hush' },
    policy: { inputs: {}, with: 'bucket' },
    note: { inputs: {}, with: 'policy' },
    queue: { inputs: {} }
  }
}
const KEPT = ['bucket', 'note', 'policy']

const RETAIN = { retain: ['test:index:Bucket', 'test:index:Unheard'] }

describe.each(await enginesPresent())('on the $kind engine', (executable) => {
  test('the resources of a state are known without an engine, secrets masked', async () => {
    await withEngine(executable, async ({ engine, up, starts }) => {
      await up('env', BUCKET)
      starts.splice(0)
      const resources = await engine.resources('env')
      expect(resources.map(({ name }) => name).toSorted()).toEqual(['bucket', 'grouped', 'note', 'policy', 'queue'])
      expect(resources.find(({ name }) => name === 'bucket')).toMatchObject({
        type: 'test:index:Bucket',
        id: expect.stringMatching(/^bucket-/),
        outputs: { size: 1, password: '[secret]', arn: expect.stringContaining('arn:test:') }
      })
      expect(starts).toEqual([])
    })
  })

  test('a destroy leaves retained resources in the cloud, reports them, and removes the stack', async () => {
    await withEngine(executable, async ({ up, destroy, provider, engine, dataDir }) => {
      expect(await destroy('env', { task: RETAIN })).toMatchObject({ retained: [] })
      await up('env', BUCKET)
      const events: EngineEvent[] = []
      const { retained, resources } = await destroy('env', { events, task: RETAIN })
      expect(retained.map(({ name }) => name).toSorted()).toEqual(KEPT)
      expect(retained.find(({ name }) => name === 'bucket')).toMatchObject({
        type: 'test:index:Bucket',
        outputs: { password: '[secret]' }
      })
      expect(resources).toBe(0)
      expect(provider.names('Delete').toSorted()).toEqual(['grouped', 'queue'])
      expect([...provider.resources.keys()].map((id) => id.split('-')[0]).toSorted()).toEqual(KEPT)
      expect(await engine.resources('env')).toEqual([])
      expect(
        events.flatMap((event) =>
          event.type === 'resource' && event.name === 'bucket' ? [`${event.action} ${event.status}`] : []
        )
      ).toEqual(['same started', 'same succeeded'])
      expect(JSON.stringify(events)).not.toContain('hush')
      expect(await readdir(join(dataDir, 'work'))).toEqual([])
    })
  })

  test('a failed destroy with retained resources leaves no copy of the state; one without can follow', async () => {
    await withEngine(executable, async ({ up, destroy, provider, dataDir }) => {
      await up('env', BUCKET)
      provider.fail('Delete', 'late', 'AccessDenied: not now')
      await up('env', { ...BUCKET, detailed: { ...BUCKET.detailed, late: { inputs: {}, with: 'none' } } })
      expect(await failureOf(destroy('env', { task: RETAIN }))).toMatchObject({ code: 'access-denied' })
      expect((await readdir(join(dataDir, 'work', 'env'))).filter((name) => name.includes('deployment'))).toEqual([])
      provider.heal()
      expect(await destroy('env')).toMatchObject({ retained: [], resources: 0 })
    })
  })
})
