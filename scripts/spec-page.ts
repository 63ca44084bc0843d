import type { TSchema } from 'typebox'
import type { FieldRow } from '../src/schemas/spec-fields/declare.ts'
import { SPEC_FIELDS } from '../src/schemas/spec.ts'

/** What the tables show of a schema. */
interface Shown {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly items?: TSchema
  readonly minimum?: number
  readonly maximum?: number
  readonly description?: string
  readonly examples?: readonly unknown[]
}

const code = (value: unknown): string => `\`${String(value)}\``

function typeOf (schema: Shown): string {
  if (schema.enum) return schema.enum.map(code).join(', ')
  if (schema.type === 'array') return `list of ${typeOf(schema.items as Shown)}s`
  if (schema.minimum !== undefined) return `${schema.type}, ${schema.minimum} to ${schema.maximum}`
  return schema.type === 'object' ? 'strings by name' : String(schema.type)
}

function line ({ path, schema, unit, default: text }: FieldRow): string {
  const { description = '', examples = [], ...shown } = schema as Shown
  const meaning = [description, ...examples.map((example) => `such as ${code(example)}`)].filter((part) => part !== '')
  const cells = [code(path.join('.')), typeOf(shown), unit ?? '', text ?? 'required', meaning.join('; ')]
  return `| ${cells.join(' | ')} |`
}

/** docs/spec.md: every field of a spec, one table for each of its parts. */
export function specPage (): string {
  const parts = Map.groupBy(SPEC_FIELDS.rows([]), ({ path: [part], path }) => path.length === 1 ? 'environment' : part)
  const head = ['| field | value | unit | default | meaning |', '|---|---|---|---|---|']
  const tables = [...parts].map(([part, rows]) => [`## ${part}`, '', ...head, ...rows.map(line), ''].join('\n'))
  return `# Fields of a spec

\`npm run generate\` writes this page from \`src/schemas/spec-fields/\`. \`<name>\` is a name that the request chooses.

${tables.join('\n')}`
}
