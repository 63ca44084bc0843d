import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { resolveSpec } from '../../../src/spec/resolve.ts'
import { outputsOf, type Parts } from '../../../src/stacks/outputs.ts'

const spec = resolveSpec(
  { team: 'vision', name: 'training', jobs: { default: { image: 'alpine' } } },
  { region: 'eu-central-1' }
)

/** Answers every property: which outputs there are does not depend on their values. */
const anything = new Proxy({}, { get: (_, name) => String(name) })

const parts = {
  spec,
  arnScope: { partition: 'aws', region: 'eu-central-1', accountId: '123456789012' },
  network: anything,
  logs: anything,
  storage: anything,
  roles: anything,
  service: anything,
  compute: { default: anything },
  queues: { default: anything },
  jobs: { default: anything }
} as unknown as Parts

const rows = readFileSync(new URL('../../../docs/outputs.md', import.meta.url), 'utf8')
  .split('\n').filter((line) => line.startsWith('| `')).map((line) => line.split('|').map((cell) => cell.trim()))
const names = (text = '') => [...text.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name)

describe('docs/outputs.md', () => {
  const outputs = outputsOf(parts)

  it('names every output, in the order in which they are answered', () => {
    expect(rows.flatMap(([, name]) => names(name))).toEqual(Object.keys(outputs))
  })

  it('names what each entry of a map holds', () => {
    for (const [, name, shape, meaning] of rows.filter(([, , shape]) => shape === 'object by entry')) {
      const map = outputs[names(name)[0] ?? ''] as Record<string, object>
      expect(shape).toBe('object by entry')
      expect(names(meaning)).toEqual(Object.keys(map['default'] ?? {}))
    }
  })
})

describe('the outputs', () => {
  it('have the contract\'s three first', () => {
    expect(Object.keys(outputsOf(parts)).slice(0, 3)).toEqual([
      'ecs_cluster_name',
      'job_queue_name',
      'job_definition_arn'
    ])
  })
})
