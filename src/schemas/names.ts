import { Type, type Static, type TSchema, type TSchemaOptions } from 'typebox'

/** One of these texts, or one of these numbers. `Type.Enum` by itself does not say of which JSON type they are. */
export const oneOf = <const T extends string | number>(values: readonly T[], options: TSchemaOptions = {}) =>
  Type.Enum([...values], { type: typeof values[0], ...options })

/**
 * A `$ref` to a shape with an `$id`, typed as that shape. Shapes are referred to and never inlined: ajv refuses the
 * same `$id` twice, and OpenAPI gets one component each.
 */
export function refTo<T extends TSchema & { $id?: string }> (schema: T) {
  if (schema.$id === undefined) throw new Error('only a schema with an $id can be referred to')
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` })
}

/** Teams, environments and the entries of a spec's maps share one form of name. */
export const Slug = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,30}[a-z0-9]$',
  description:
    '2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit'
})

export const EnvironmentId = Type.String({
  pattern: '^env_[0-7][0-9a-hjkmnp-tv-z]{25}$',
  examples: ['env_01jd3x9c8qe5vb6k2m4n7p8r9s']
})
export const OperationId = Type.String({
  pattern: '^op_[0-7][0-9a-hjkmnp-tv-z]{25}$',
  examples: ['op_01jd3x9c8qe5vb6k2m4n7p8r9s']
})
export const KeyId = Type.String({ pattern: '^key_[0-7][0-9a-hjkmnp-tv-z]{25}$' })

export const Timestamp = Type.String({ format: 'date-time' })

export const AccountId = Type.String({
  pattern: '^[0-9]{12}$',
  description: 'AWS account id, 12 digits',
  examples: ['123456789012']
})
export const RoleArn = Type.String({
  pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\\w+=,.@/-]{1,512}$', description: 'ARN of an IAM role to assume'
})
export const SubnetId = Type.String({ pattern: '^subnet-[0-9a-f]{8,17}$', examples: ['subnet-0a1b2c3d4e5f60718'] })
export const SecurityGroupId = Type.String({ pattern: '^sg-[0-9a-f]{8,17}$', examples: ['sg-0a1b2c3d4e5f60718'] })
