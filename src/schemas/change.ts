import { Type, type Static } from 'typebox'
import { oneOf } from './names.ts'

const anyValue = (description: string) => Type.Unsafe<unknown>({ description })

const named = {
  urn: Type.String(),
  resourceType: Type.String({ examples: ['aws:batch/jobQueue:JobQueue'] }),
  name: Type.String({ description: 'The logical name' })
}

/** One property that differs; values that are secret or not known yet are said to be so, never shown. */
const PropertyChange = Type.Object({
  path: Type.String({ examples: ['computeResources.maxVcpus'] }),
  action: oneOf(['add', 'update', 'delete']),
  replaces: Type.Boolean({ description: 'Whether this property is why the resource must be replaced' })
})

/** What a run would do to one cloud resource; resources that stay as they are are not listed. */
export const PlannedChange = Type.Object({
  ...named,
  id: Type.Optional(Type.String({ description: 'The cloud\'s id of what exists' })),
  action: oneOf(['create', 'update', 'replace', 'delete']),
  properties: Type.Array(PropertyChange)
})
export type PlannedChange = Static<typeof PlannedChange>

/** One property that is not as the state has it, as JSON. */
const DriftedProperty = Type.Object({
  path: Type.String(),
  expected: anyValue('As the state has it; null where it has none'),
  actual: anyValue('As the cloud has it; null where it has none')
})

/** A resource of the state that is not in the cloud, or not as the state has it. */
export const DriftedResource = Type.Object({
  ...named,
  id: Type.String(),
  status: oneOf(['changed', 'missing']),
  properties: Type.Array(DriftedProperty)
})
export type DriftedResource = Static<typeof DriftedResource>
