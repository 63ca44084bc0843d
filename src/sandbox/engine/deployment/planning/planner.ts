import { randomBytes } from 'node:crypto'
import { EngineError } from '../../errors.ts'
import type { ResourceState } from '../../state/resource.ts'
import { isProviderType, resourceNameOf, typeOf } from '../../urn.ts'
import { withoutSecrets, sameValue } from '../../values/value.ts'
import type { Properties, PropertyValue } from '../../values/value.ts'
import { needsReplacement, withReplaceOnChanges } from './difference.ts'
import type { InputDifference } from './difference.ts'
import type { Goal } from './goal.ts'
import { withIgnoredChanges } from './ignore-changes.ts'
import type { ProviderConnection } from '../providers/provider.ts'
import type { RefusedInput } from '../providers/provider-calls.ts'
import { withoutInternal } from '../providers/providers.ts'
import type { DeploymentStep, StepDifference } from './step.ts'

export interface Planned {
  step: DeploymentStep | Replacement
  /** The provider instance the step needs; for a provider resource, its own new connection. */
  connection: ProviderConnection | undefined
}

/** A resource that can't become what is wanted: another takes its place. */
export interface Replacement {
  kind: 'replacement'
  old: ResourceState
  new: ResourceState
  difference: StepDifference
  deleteFirst: boolean
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
  /** The resource it is deleted with is being replaced. */
  goesWith?: boolean
  /** It has been deleted already, for the sake of what it needs; these properties make it go. */
  recreated?: readonly string[] | undefined
}

const seedBytes = 32

/**
 * Decides what is to happen to a resource: the provider checks the inputs and, if the resource exists, compares.
 * @throws InvalidInputs, ProviderError; EngineError for a protected resource that would have to be replaced
 */
export async function plan (
  wanted: Wanted,
  old: ResourceState | undefined,
  connection: ProviderConnection | undefined
): Promise<Planned> {
  const { goal, urn, recreated } = wanted
  const seed = randomBytes(seedBytes)
  const fresh = async (): Promise<ResourceState> =>
    stateOf(wanted, await check({ urn, inputs: goal.inputs, seed }, undefined, connection))
  if (old === undefined) return { step: { kind: 'create', new: await fresh() }, connection }
  if (recreated) {
    const difference = { keys: recreated, diffs: [], detailedDiff: undefined }
    return { step: { kind: 'replacement', old, new: await fresh(), difference, deleteFirst: true }, connection }
  }
  const inputs = withIgnoredChanges(goal.inputs, old.inputs, goal.ignoreChanges)
  const next = stateOf(wanted, await check({ urn, inputs, seed }, old, connection))
  const compared = (await replacedForOthers(wanted, old, connection)) ?? (await compare(old, next, connection))
  const verdict = withReplaceOnChanges(compared, goal.replaceOnChanges, old.initErrors.length > 0)
  const difference = { keys: verdict.replaces, diffs: verdict.diffs, detailedDiff: verdict.detailedDiff }
  if (needsReplacement(verdict) || old.pendingReplacement) {
    if (old.protect && next.protect) throw isProtected(urn)
    // What a provider carries over from the old resource, such as an invented name, must not be in the new one.
    const deleteFirst = goal.deleteBeforeReplace ?? verdict.deleteBeforeReplace
    return { step: { kind: 'replacement', old, new: await fresh(), difference, deleteFirst }, connection }
  }
  if (verdict.changes === 'none' && old.initErrors.length === 0) {
    return { step: { kind: 'same', old, new: next }, connection }
  }
  return { step: { kind: 'update', old, new: next, difference: { ...difference, keys: [] } }, connection }
}

/** The CLI's words (deploy/step_generator.go). */
const isProtected = (urn: string): EngineError =>
  new EngineError(
    `unable to replace resource "${urn}"\n` +
      'as it is currently marked for protection. To unprotect the resource, remove the `protect` flag from the ' +
      'resource in your Pulumi program and run `pulumi up`'
  )

interface Unchecked {
  urn: string
  inputs: Properties
  /** Makes the names a provider invents the same when a check is repeated. */
  seed: Uint8Array
}

async function check (
  { urn, inputs, seed }: Unchecked,
  old: ResourceState | undefined,
  connection: ProviderConnection | undefined
): Promise<Properties> {
  if (connection === undefined) return inputs
  if (isProviderType(typeOf(urn))) {
    const { inputs: checked, failures } = await connection.checkConfig(
      urn,
      withoutInternal(old?.inputs ?? {}),
      withoutInternal(inputs)
    )
    refuse(urn, inputs, failures)
    return keepEngineKeys(inputs, checked)
  }
  const { inputs: checked, failures } = await connection.check(urn, { olds: old?.inputs, news: inputs }, seed)
  refuse(urn, inputs, failures)
  return checked
}

/**
 * A provider sees its version but not the engine's settings, and may drop both: they are put back (registry.go, Check).
 */
function keepEngineKeys (sent: Properties, checked: Properties): Properties {
  const { __internal: internal, version } = sent
  return {
    ...(internal === undefined ? {} : { __internal: internal }),
    ...(version === undefined ? {} : { version }),
    ...checked
  }
}

/** In the real engine's words (sdk/go/common/diag/errors.go, 2002 and 2003). */
function refuse (urn: string, inputs: Properties, failures: RefusedInput[]): void {
  if (failures.length === 0) return
  const subject = `${typeOf(urn)} resource '${resourceNameOf(urn)}'`
  throw new InvalidInputs(failures.map(({ property, reason }) => property === ''
    ? `${subject} has a problem: ${reason}`
    : `${subject}: property ${property} value {${display(inputs[property])}} has a problem: ${reason}`))
}

function display (value: PropertyValue | undefined): string {
  if (value === undefined || value === null) return '<nil>'
  const plain = withoutSecrets(value)
  return plain !== null && typeof plain === 'object' ? JSON.stringify(plain) : String(plain)
}

/** What changes between a resource's inputs and those it would have, according to the provider. */
export async function compare (
  old: ResourceState,
  next: ResourceState,
  connection: ProviderConnection | undefined
): Promise<InputDifference> {
  const sent = { ...old, inputs: withoutInternal(old.inputs) }
  const news = withoutInternal(next.inputs)
  if (connection === undefined) return byInputs(sent.inputs, news)
  const answer = isProviderType(next.type)
    ? await connection.diffConfig(sent, news)
    : await connection.diff(sent, news, next.ignoreChanges)
  return answer === undefined || answer.changes === 'unknown' ? byInputs(sent.inputs, news) : answer
}

function byInputs (olds: Properties, news: Properties): InputDifference {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort()
  const diffs = keys.filter((key) => !sameValue(withoutSecrets(olds[key] ?? null), withoutSecrets(news[key] ?? null)))
  return {
    changes: diffs.length > 0 ? 'some' : 'none',
    diffs,
    replaces: [],
    detailedDiff: undefined,
    deleteBeforeReplace: false
  }
}

const replacedFor = (reason: string): InputDifference =>
  ({ changes: 'some', diffs: [], replaces: [reason], detailedDiff: undefined, deleteBeforeReplace: false })

/** A replacement that the resource's own inputs have no part in. */
async function replacedForOthers (
  wanted: Wanted,
  old: ResourceState,
  connection: ProviderConnection | undefined
): Promise<InputDifference | undefined> {
  if (wanted.goesWith) return replacedFor('deletedWith')
  return (await isReplacedByProvider(wanted, old, connection)) ? replacedFor('provider') : undefined
}

/**
 * Another instance may take a resource over unless its provider says that the configurations are too different
 * (step_generator.go, providerChanged).
 */
async function isReplacedByProvider (
  { provider, moved }: Wanted,
  old: ResourceState,
  connection: ProviderConnection | undefined
): Promise<boolean> {
  if (old.provider === provider) return false
  if (connection === undefined || moved === undefined) return true
  const { from, to } = moved
  const difference = await connection.diffConfig(
    { ...from, urn: to.urn, inputs: withoutInternal(from.inputs) },
    withoutInternal(to.inputs)
  )
  return difference !== undefined && needsReplacement(difference)
}

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
    pendingReplacement: false,
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
