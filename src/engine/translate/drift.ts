import type { EngineEvent as SdkEvent, StepEventMetadata } from '@pulumi/pulumi/automation/events.js'
import type { DriftedResource } from '../../schemas/change.ts'
import { nameOf } from './events.ts'
import { fieldOf, itemOf, rootOf } from './property-path.ts'
import { isRecord, recordOf } from '../json.ts'
import { MASK, masked } from './secret-values.ts'
import { mapTexts, sanitizeMessage, stripControlCharacters } from '../../text.ts'

type Property = DriftedResource['properties'][number]

/** Bounds of what is answered. */
const MAX_RESOURCES = 1_000
const MAX_PROPERTIES = 100
const MAX_PATH = 500
const MAX_VALUE = 4_096

/** What a refresh found otherwise than the state has it. */
export const driftedResources = (steps: readonly StepEventMetadata[]): DriftedResource[] =>
  steps.slice(0, MAX_RESOURCES).map(driftOf)

/**
 * The step an event ends, if a refresh found a cloud resource changed or gone; without what only waits for its
 * deletion.
 */
export function driftingStep (event: SdkEvent): StepEventMetadata[] {
  const metadata = event.resOutputsEvent?.metadata
  if (metadata?.old?.custom !== true || metadata.old.delete === true || metadata.type.startsWith('pulumi:')) return []
  return metadata.op === 'update' || metadata.op === 'delete' ? [metadata] : []
}

function driftOf (step: StepEventMetadata): DriftedResource {
  const urn = sanitizeMessage(step.urn)
  const resourceType = sanitizeMessage(step.type)
  const named = { urn, resourceType, name: nameOf(urn), id: sanitizeMessage(step.old?.id ?? '') }
  if (step.op === 'delete') return { ...named, status: 'missing', properties: [] }
  return { ...named, status: 'changed', properties: propertiesOf(step).slice(0, MAX_PROPERTIES).map(shown) }
}

/**
 * The inputs that differ, and the outputs that are no inputs: only properties for which the provider says that an
 * update would change them back, and what follows from another (tagsAll from tags) once.
 */
function propertiesOf ({ old, new: found, diffs = [], detailedDiff }: StepEventMetadata): Property[] {
  const named = new Set([...diffs, ...Object.keys(detailedDiff ?? {})].map(rootOf))
  const counts = ({ path }: Property): boolean =>
    !path.startsWith('__') && (named.size === 0 || named.has(rootOf(path)))
  const inputs = differences('', masked(old?.inputs), masked(found?.inputs)).filter(counts)
  const isInput = (root: string): boolean => root in recordOf(old?.inputs) || root in recordOf(found?.inputs)
  const outputs = differences('', masked(old?.outputs), masked(found?.outputs)).filter(counts)
    .filter(({ path }) => !isInput(rootOf(path)))
  const all = [...inputs, ...outputs]
  const properties = all.filter((property) => !all.some((other) => follows(property, other)))
  if (properties.length > 0) return properties
  // Where both sides look the same a secret differs.
  const valueOf = (inputs: unknown, root: string): unknown => masked(recordOf(inputs)[root] ?? null)
  return [...named].map((path) => ({
    path,
    expected: valueOf(old?.inputs, path),
    actual: valueOf(found?.inputs, path)
  }))
}

/** Whether it is the same change of the same field under a longer name, as of tags and tagsAll. */
function follows (property: Property, other: Property): boolean {
  const [root, shorter] = [rootOf(property.path), rootOf(other.path)]
  if (
    root === shorter ||
    !root.startsWith(shorter) ||
    property.path.slice(root.length) !== other.path.slice(shorter.length)
  ) { return false }
  return JSON.stringify([property.expected, property.actual]) === JSON.stringify([other.expected, other.actual])
}

/** Where two values differ, as deep as both are of one form; an object that is missing is one without fields. */
function differences (path: string, expected: unknown, actual: unknown): Property[] {
  if (isFields(expected) && isFields(actual)) {
    const [wanted, found] = [recordOf(expected), recordOf(actual)]
    const names = [...new Set([...Object.keys(wanted), ...Object.keys(found)])].toSorted()
    if (names.length > 0) return names.flatMap((name) => differences(fieldOf(path, name), wanted[name], found[name]))
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((item, index) => differences(itemOf(path, index), item, actual[index]))
  }
  if (JSON.stringify(expected ?? null) === JSON.stringify(actual ?? null)) return []
  // What is secret on one side is not shown on the other, where a provider may not know it for one.
  const isSecret = expected === MASK || actual === MASK
  return [{ path, expected: isSecret ? MASK : expected ?? null, actual: isSecret ? MASK : actual ?? null }]
}

const isFields = (value: unknown): boolean => isRecord(value) || value === undefined || value === null

const shown = ({ path, expected, actual }: Property): Property =>
  ({ path: sanitizeMessage(path, MAX_PATH), expected: bounded(expected), actual: bounded(actual) })

/** A value too large to be shown becomes the beginning of its JSON. */
function bounded (value: unknown): unknown {
  const text = JSON.stringify(value)
  return text.length > MAX_VALUE ? sanitizeMessage(text, MAX_VALUE) : mapTexts(value, stripControlCharacters)
}
