import type { EngineEvent as SdkEvent, StepEventMetadata } from '@pulumi/pulumi/automation/events.js'
import type { DriftedResource } from '../schemas/change.ts'
import { nameOf } from './events.ts'
import { fieldOf, itemOf, rootOf } from './property-path.ts'
import { isRecord, recordOf } from './records.ts'
import { MASK, masked } from './secrets.ts'
import { legibleValue, presentable } from './text.ts'

type Property = DriftedResource['properties'][number]

/** Bounds of what is answered. */
const MAX_RESOURCES = 1_000
const MAX_PROPERTIES = 100
const MAX_PATH = 500
const MAX_VALUE = 4_096

/** What a refresh found otherwise than the state has it. */
export const driftedResources = (steps: readonly StepEventMetadata[]): DriftedResource[] =>
  steps.slice(0, MAX_RESOURCES).map(driftOf)

/** The step an event ends, if a refresh found a cloud resource changed or gone; what only waits for its deletion is left out. */
export function driftingStep (event: SdkEvent): StepEventMetadata[] {
  const metadata = event.resOutputsEvent?.metadata
  if (metadata?.old?.custom !== true || metadata.old.delete === true || metadata.type.startsWith('pulumi:')) return []
  return metadata.op === 'update' || metadata.op === 'delete' ? [metadata] : []
}

function driftOf (step: StepEventMetadata): DriftedResource {
  const urn = presentable(step.urn)
  const named = { urn, resourceType: presentable(step.type), name: nameOf(urn), id: presentable(step.old?.id ?? '') }
  if (step.op === 'delete') return { ...named, status: 'missing', properties: [] }
  return { ...named, status: 'changed', properties: propertiesOf(step).slice(0, MAX_PROPERTIES).map(shown) }
}

/**
 * The inputs that differ, and of the outputs those that no input tells: only properties for which the provider says that an
 * update would change them back, and what follows from another (tagsAll from tags) once.
 */
function propertiesOf ({ old, new: found, diffs = [], detailedDiff }: StepEventMetadata): Property[] {
  const named = new Set([...diffs, ...Object.keys(detailedDiff ?? {})].map(rootOf))
  const counts = ({ path }: Property): boolean => !path.startsWith('__') && (named.size === 0 || named.has(rootOf(path)))
  const inputs = differences('', masked(old?.inputs), masked(found?.inputs)).filter(counts)
  const isInput = (root: string): boolean => root in recordOf(old?.inputs) || root in recordOf(found?.inputs)
  const outputs = differences('', masked(old?.outputs), masked(found?.outputs)).filter(counts)
    .filter(({ path }) => !isInput(rootOf(path)))
  const properties = [...inputs, ...outputs.filter((output) => !inputs.some((input) => isSameChange(input, output)))]
  if (properties.length > 0) return properties
  // Where both sides look the same a secret differs.
  const valueOf = (inputs: unknown, root: string): unknown => masked(recordOf(inputs)[root] ?? null)
  return [...named].map((path) => ({ path, expected: valueOf(old?.inputs, path), actual: valueOf(found?.inputs, path) }))
}

const isSameChange = (one: Property, other: Property): boolean =>
  one.path.slice(rootOf(one.path).length) === other.path.slice(rootOf(other.path).length) &&
  JSON.stringify([one.expected, one.actual]) === JSON.stringify([other.expected, other.actual])

/** Where two values differ, as deep as both are of one form. */
function differences (path: string, expected: unknown, actual: unknown): Property[] {
  if (isRecord(expected) && isRecord(actual)) {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].toSorted()
    return names.flatMap((name) => differences(fieldOf(path, name), expected[name], actual[name]))
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((item, index) => differences(itemOf(path, index), item, actual[index]))
  }
  if (JSON.stringify(expected ?? null) === JSON.stringify(actual ?? null)) return []
  // What is secret on one side is not shown on the other, where a provider may not know it for one.
  const isSecret = expected === MASK || actual === MASK
  return [{ path, expected: isSecret ? MASK : expected ?? null, actual: isSecret ? MASK : actual ?? null }]
}

const shown = ({ path, expected, actual }: Property): Property =>
  ({ path: presentable(path, MAX_PATH), expected: bounded(expected), actual: bounded(actual) })

/** A value too large to be shown becomes the beginning of its JSON. */
function bounded (value: unknown): unknown {
  const text = JSON.stringify(value)
  return text.length > MAX_VALUE ? presentable(text, MAX_VALUE) : legibleValue(value)
}
