import { Type, type Static } from 'typebox'
import { KeyId, Slug, Timestamp, oneOf, refTo } from './names.ts'

const closed = { additionalProperties: false }
const Scope = oneOf(['admin', 'team'])

export const KeyInput = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100, description: 'What the key is for' }),
  scope: Scope,
  team: Type.Optional(Slug)
}, { $id: 'KeyInput', ...closed })
export type KeyInput = Static<typeof KeyInput>

export const Key = Type.Object({
  id: KeyId, name: Type.String(), scope: Scope, team: Type.Union([Slug, Type.Null()]), createdAt: Timestamp
}, { $id: 'Key' })
export type Key = Static<typeof Key>

export const NewKey = Type.Object({
  ...Key.properties,
  token: Type.String({ description: 'The bearer token. Shown once; only its hash is stored' })
}, { $id: 'NewKey' })

export const KeyList = Type.Object({ items: Type.Array(refTo(Key)) }, { $id: 'KeyList' })
