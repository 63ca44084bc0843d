import {
  Type, type Static, type TNull, type TObject, type TObjectOptions, type TOptional, type TSchema, type TUnion
} from 'typebox'
import { Slug } from '../names.ts'
import type { Placement } from '../team.ts'

/** What a default may depend on, besides the fields that stand beside it. */
export interface DefaultContext {
  readonly placement: Placement
  /** The whole spec, as given. */
  readonly spec: { readonly region?: string, readonly jobs: Readonly<Record<string, { readonly image: string }>> }
}

/** One field as the documentation lists it. */
export interface FieldRow {
  /** Names from the spec down to the field; an entry of a map stands as `<name>`. */
  readonly path: readonly string[]
  /** Its `title`, `description` and `examples` are those of JSON Schema. */
  readonly schema: TSchema
  readonly unit: string | undefined
  /** In words; undefined where the request must give the field. */
  readonly default: string | undefined
}

/**
 * A field of the spec, declared once. `request` is its schema in a request, where it may be left out unless `required`;
 * `resolved` its schema in the resolved spec, where it never is.
 */
export interface Declaration<
  Request extends TSchema = TSchema,
  Resolved extends TSchema = TSchema,
  Required extends boolean = boolean,
  Group = never
> {
  readonly request: Request
  readonly resolved: Resolved
  readonly required: Required
  /** The field with every default: `given` may be undefined, `group` is the object around it, as given. */
  resolve(given: Static<Request> | undefined, group: Group, context: DefaultContext): Static<Resolved>
  rows(path: readonly string[]): FieldRow[]
}

type Fields = Readonly<Record<string, Declaration>>

type RequestProperties<F extends Fields> = {
  [K in keyof F]: F[K]['required'] extends true ? F[K]['request'] : TOptional<F[K]['request']>
}
type ResolvedProperties<F extends Fields> = { [K in keyof F]: F[K]['resolved'] }
type RequestOf<F extends Fields> = TObject<RequestProperties<F>>
type ResolvedOf<F extends Fields> = TObject<ResolvedProperties<F>>
type IsRequired<F extends Fields> = true extends F[keyof F]['required'] ? true : false

/** Refuses a default that reads a field which its group does not have, or has with another type. */
type DefaultsFit<F extends Fields> = {
  [K in keyof F]: F[K] extends Declaration<TSchema, TSchema, boolean, infer Group>
    ? [Group] extends [never]
        ? unknown
        : Static<RequestOf<F>> extends Group ? unknown : 'the default reads a field that its group does not have'
    : never
}

/**
 * A default that is always the same, or one that follows from `group`, the object around the field, and the context.
 */
type DefaultOf<T, Group> =
  | { readonly default: T }
  | { readonly defaultFrom: (group: Group, context: DefaultContext) => T, readonly defaultText: string }

type Options<T, Group> = DefaultOf<T, Group> & { readonly unit?: string }

const defaultOf = <T, Group>(options: DefaultOf<T, Group>, group: Group, context: DefaultContext): T =>
  'defaultFrom' in options ? options.defaultFrom(group, context) : structuredClone(options.default)

const defaultText = (options: DefaultOf<unknown, never>): string =>
  'defaultFrom' in options ? options.defaultText : `\`${JSON.stringify(options.default)}\``

/** A field that every request must give. */
export function requiredField<S extends TSchema> (
  schema: S,
  { unit }: { readonly unit?: string } = {}
): Declaration<S, S, true, unknown> {
  return {
    request: schema,
    resolved: schema,
    required: true,
    resolve: (given) => given as Static<S>,
    rows: (path) => [{ path, schema, unit, default: undefined }]
  }
}

/** A field with a default. */
export function field<S extends TSchema, Group = unknown> (
  schema: S,
  options: Options<Static<S>, Group>
): Declaration<S, S, false, Group> {
  return {
    request: schema,
    resolved: schema,
    required: false,
    resolve: (given, group, context) => given === undefined ? defaultOf(options, group, context) : given,
    rows: (path) => [{ path, schema, unit: options.unit, default: defaultText(options) }]
  }
}

/** A field whose default may be to have none: it is null in the resolved spec then, but cannot be null in a request. */
export function fieldOrNull<S extends TSchema, Group = unknown> (
  schema: S,
  options: Options<Static<S> | null, Group>
): Declaration<S, TUnion<[S, TNull]>, false, Group> {
  return {
    request: schema,
    resolved: Type.Union([schema, Type.Null()]),
    required: false,
    resolve: (given, group, context) => given === undefined ? defaultOf(options, group, context) : given,
    rows: (path) => [{ path, schema, unit: options.unit, default: defaultText(options) }]
  }
}

function mapValues<T, R> (
  values: Readonly<Record<string, T>>,
  change: (value: T, name: string) => R
): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]))
}

/** An object of fields, left out where every field in it may be. It takes no other fields. */
export function group<F extends Fields> (
  fields: F & DefaultsFit<F>,
  { description }: { readonly description?: string } = {}
): Declaration<RequestOf<F>, ResolvedOf<F>, IsRequired<F>, unknown> {
  const declared: Fields = fields
  const request = mapValues(declared, ({ request, required }) => required ? request : Type.Optional(request))
  const options = { additionalProperties: false, ...(description !== undefined && { description }) }
  return {
    request: Type.Object(request as RequestProperties<F>, options),
    resolved: Type.Object(mapValues(declared, ({ resolved }) => resolved) as ResolvedProperties<F>),
    required: Object.values(declared).some(({ required }) => required) as IsRequired<F>,
    resolve: (given: object = {}, _, context) => mapValues(declared, ({ resolve }, name) =>
      resolve(new Map(Object.entries(given)).get(name), given as never, context)) as Static<ResolvedOf<F>>,
    rows: (path) => Object.entries(declared).flatMap(([name, { rows }]) => rows([...path, name]))
  }
}

/** The name of the one entry that a map has where the request leaves the map out. */
const DEFAULT_ENTRY = 'default'

/** Objects by name. This version takes one entry in each map; a request with two is refused at the map's name. */
export function mapByName<Request extends TSchema, Resolved extends TSchema, Required extends boolean> (
  entry: Declaration<Request, Resolved, Required, unknown>,
  { description }: { readonly description: string }
): Declaration<ReturnType<typeof recordOf<Request>>, ReturnType<typeof recordOf<Resolved>>, Required, unknown> {
  const limits = { minProperties: 1, maxProperties: 1, additionalProperties: false }
  return {
    request: recordOf(entry.request, { ...limits, description }),
    resolved: recordOf(entry.resolved),
    required: entry.required,
    resolve: (given: Readonly<Record<string, unknown>> = { [DEFAULT_ENTRY]: {} }, _, context) =>
      mapValues(given, (value) => entry.resolve(value as Static<Request>, given, context)),
    rows: (path) => entry.rows([...path, '<name>'])
  }
}

const recordOf = <T extends TSchema>(entry: T, options?: TObjectOptions) => Type.Record(Slug, entry, options)

/** The entry called `default`, or else the first: what "the" queue or job of an environment means. */
export function mainEntry<T> (entries: Readonly<Record<string, T>>): [name: string, entry: T] {
  const all = Object.entries(entries)
  const found = all.find(([name]) => name === DEFAULT_ENTRY) ?? all[0]
  if (found === undefined) throw new Error('A map of a spec has at least one entry')
  return found
}
