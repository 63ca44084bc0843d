import { randomBytes } from 'node:crypto'
import { notImplemented } from '../errors.ts'
import type { ResourceState } from '../state/resource.ts'
import { isProviderType, nameOf, typeOf } from '../urn.ts'
import { reveal, sameValue } from '../values/value.ts'
import type { Properties, Value } from '../values/value.ts'
import type { Difference } from './difference.ts'
import type { Goal } from './goal.ts'
import { withIgnoredChanges } from './ignore-changes.ts'
import type { CheckFailure, ProviderConnection } from './provider.ts'
import { withoutInternal } from './providers.ts'
import type { Step } from './step.ts'

export interface Planned {
  step: Step
  /** The provider instance the step needs; for a provider resource, its own new connection. */
  connection: ProviderConnection | undefined
}

/** Inputs that a provider refused; each refusal is a message of its own. */
export class InvalidInputs extends Error {
  readonly messages: string[]

  constructor (messages: string[]) {
    super(messages.join('\n'))
    this.name = 'InvalidInputs'
    this.messages = messages
  }
}

/** A goal with what the deployment adds to it. */
export interface Wanted {
  urn: string
  goal: Goal
  /** `URN::ID` of the provider instance; empty for components and for providers. */
  provider: string
  /** The provider instances of before and now, where they differ. */
  moved?: { from: ResourceState, to: ResourceState } | undefined
}

/**
 * Decides what is to happen to a resource: the provider checks the inputs and, if the resource exists, compares.
 * @throws InvalidInputs, ProviderError; EngineError for a change that needs a new resource
 */
export async function plan (wanted: Wanted, old: ResourceState | undefined, connection: ProviderConnection | undefined): Promise<Planned> {
  const { goal, urn } = wanted
  const inputs = old ? withIgnoredChanges(goal.inputs, old.inputs, goal.ignoreChanges) : goal.inputs
  const checked = connection ? await check({ urn, inputs }, old, connection) : inputs
  const next = stateOf(wanted, checked)
  if (old === undefined) return { step: { kind: 'create', new: next }, connection }
  const difference = await compare(old, next, connection)
  refuseReplacement(next, [...replacing(difference, next.replaceOnChanges), ...await replacedByProvider(wanted, old, connection)])
  if (difference.changes === 'none' && old.initErrors.length === 0) return { step: { kind: 'same', old, new: next }, connection }
  const { diffs, detailedDiff } = difference
  return { step: { kind: 'update', old, new: next, difference: { diffs, detailedDiff } }, connection }
}

const seedBytes = 32

async function check (wanted: { urn: string, inputs: Properties }, old: ResourceState | undefined, connection: ProviderConnection): Promise<Properties> {
  const { urn, inputs } = wanted
  if (isProviderType(typeOf(urn))) {
    const { inputs: checked, failures } = await connection.checkConfig(urn, withoutInternal(old?.inputs ?? {}), withoutInternal(inputs))
    refuse(urn, inputs, failures)
    return keepEngineKeys(inputs, checked)
  }
  const { inputs: checked, failures } = await connection.check(urn, old?.inputs, inputs, randomBytes(seedBytes))
  refuse(urn, inputs, failures)
  return checked
}

/** A provider sees its version but not the engine's settings, and may drop both: they are put back (registry.go, Check). */
function keepEngineKeys (sent: Properties, checked: Properties): Properties {
  const { __internal: internal, version } = sent
  return {
    ...(internal === undefined ? {} : { __internal: internal }),
    ...(version === undefined ? {} : { version }),
    ...checked
  }
}

/** In the real engine's words (sdk/go/common/diag/errors.go, 2002 and 2003). */
function refuse (urn: string, inputs: Properties, failures: CheckFailure[]): void {
  if (failures.length === 0) return
  const subject = `${typeOf(urn)} resource '${nameOf(urn)}'`
  throw new InvalidInputs(failures.map(({ property, reason }) => property === ''
    ? `${subject} has a problem: ${reason}`
    : `${subject}: property ${property} value {${display(inputs[property])}} has a problem: ${reason}`))
}

function display (value: Value | undefined): string {
  if (value === undefined || value === null) return '<nil>'
  const plain = reveal(value)
  return plain !== null && typeof plain === 'object' ? JSON.stringify(plain) : String(plain)
}

async function compare (old: ResourceState, next: ResourceState, connection: ProviderConnection | undefined): Promise<Difference> {
  const sent = { ...old, inputs: withoutInternal(old.inputs) }
  const news = withoutInternal(next.inputs)
  if (connection === undefined) return byInputs(sent.inputs, news)
  const answer = isProviderType(next.type) ? await connection.diffConfig(sent, news) : await connection.diff(sent, news, next.ignoreChanges)
  return answer === undefined || answer.changes === 'unknown' ? byInputs(sent.inputs, news) : answer
}

function byInputs (olds: Properties, news: Properties): Difference {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort()
  const diffs = keys.filter((key) => !sameValue(reveal(olds[key] ?? null), reveal(news[key] ?? null)))
  return { changes: diffs.length > 0 ? 'some' : 'none', diffs, replaces: [], detailedDiff: undefined }
}

const replacing = ({ changes, replaces, diffs }: Difference, options: readonly string[]): string[] =>
  changes === 'some' ? [...replaces, ...diffs.filter((path) => options.some((option) => covers(option, path)))] : []

/** Another instance may take a resource over unless its provider says that the configurations are too different (step_generator.go, providerChanged). */
async function replacedByProvider ({ provider, moved }: Wanted, old: ResourceState, connection: ProviderConnection | undefined): Promise<string[]> {
  if (old.provider === provider) return []
  if (connection === undefined || moved === undefined) return ['provider']
  const { from, to } = moved
  const difference = await connection.diffConfig({ ...from, urn: to.urn, inputs: withoutInternal(from.inputs) }, withoutInternal(to.inputs))
  return difference !== undefined && difference.replaces.length > 0 ? ['provider'] : []
}

/** Replacing is refused before anything of this resource is touched. */
function refuseReplacement (next: ResourceState, reasons: string[]): void {
  if (reasons.length === 0) return
  throw notImplemented(`replacing a resource; '${next.urn}' would have to be replaced because of: ${[...new Set(reasons)].join(', ')}`)
}

/** Whether the option `a` or `*` takes in a change of `a`, `a.b` or `a[0]`. */
const covers = (option: string, path: string): boolean =>
  option === '*' || path === option || path.startsWith(`${option}.`) || path.startsWith(`${option}[`)

function stateOf ({ urn, goal, provider }: Wanted, inputs: Properties): ResourceState {
  return {
    urn,
    type: goal.type,
    custom: goal.custom,
    delete: false,
    id: '',
    inputs,
    outputs: {},
    parent: goal.parent,
    protect: goal.protect ?? false,
    external: false,
    dependencies: goal.dependencies,
    initErrors: [],
    provider,
    propertyDependencies: goal.propertyDependencies,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    customTimeouts: goal.customTimeouts,
    retainOnDelete: goal.retainOnDelete ?? false,
    deletedWith: goal.deletedWith,
    created: '',
    modified: '',
    sourcePosition: goal.sourcePosition,
    stackTrace: goal.stackTrace,
    ignoreChanges: goal.ignoreChanges,
    replaceOnChanges: goal.replaceOnChanges,
    extra: {}
  }
}
