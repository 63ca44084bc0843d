import { Type } from 'typebox'
import { field, group } from './declare.ts'

export const labels = field(Type.Record(
  Type.String({ pattern: '^[A-Za-z0-9 _.:/=+@-]{1,128}$' }),
  Type.String({ pattern: '^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,256}$' }),
  { additionalProperties: false, maxProperties: 40, description: 'Become tags of every resource' }
), { default: {} })

const TagKeys = Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 50, uniqueItems: true })

export const driftIgnore = group({
  tagKeys: field(TagKeys, { default: [] }),
  tagKeyPrefixes: field(TagKeys, { default: [] })
}, { description: 'Tags that others write on the environment\'s resources, and that are left alone' })
