import { describe, expect, test } from 'vitest'
import { withoutIgnoredTags } from '../../../src/spec/drift-ignore.ts'
import type { DriftedResource } from '../../../src/schemas/change.ts'

const ignore = { tagKeys: ['owner', 'cost:center'], tagKeyPrefixes: ['auto-'] }

function changed (...paths: string[]): DriftedResource {
  return {
    urn: 'urn:pulumi:env::batchyard::aws:batch/jobQueue:JobQueue::queue',
    resourceType: 'aws:batch/jobQueue:JobQueue',
    name: 'queue',
    id: 'arn',
    status: 'changed',
    properties: paths.map((path) => ({ path, expected: null, actual: 'x' }))
  }
}
const left = (...paths: string[]): string[] =>
  withoutIgnoredTags([changed(...paths)], ignore).flatMap(({ properties }) => properties.map(({ path }) => path))

describe('Drift that the spec says to ignore', () => {
  test('is of tags by key or by how the key begins, on the resource or among all of its tags', () => {
    expect(
      left(
        'tags.owner',
        'tagsAll.owner',
        'tags["cost:center"]',
        'tagsAll["cost:center"]',
        'tags.auto-stop',
        'tagsAll["auto-start.at"]'
      )
    ).toEqual([])
  })

  test('is nothing else: no other tag, no property of that name, nothing below a tag, not all tags together', () => {
    const kept = [
      'tags.Owner',
      'tags.owner2',
      'tags.my-auto-stop',
      'owner',
      'tagsAll',
      'tags',
      'tags.owner.more',
      'labels.owner',
      'nested.tags.owner'
    ]
    expect(left(...kept)).toEqual(kept)
  })

  test('leaves out a resource of which nothing else has changed, and keeps one that is missing', () => {
    const missing: DriftedResource = { ...changed(), status: 'missing' }
    expect(withoutIgnoredTags([changed('tags.owner'), missing, changed('tags.owner', 'priority')], ignore)).toEqual([
      missing,
      changed('priority')
    ])
  })

  test('is none where the spec names none', () => {
    expect(withoutIgnoredTags([changed('tags.owner')], { tagKeys: [], tagKeyPrefixes: [] })).toEqual([
      changed('tags.owner')
    ])
  })
})
