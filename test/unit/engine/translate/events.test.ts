import type { EngineEvent as SdkEvent, StepEventMetadata } from '@pulumi/pulumi/automation/events.js'
import { expect, test } from 'vitest'
import { toEngineEvent } from '../../../../src/engine/translate/events.ts'
import { sanitizeMessage } from '../../../../src/text.ts'

const urn = 'urn:pulumi:env::batchyard::batchyard:index:Group$aws:s3/bucket:Bucket::bucket'

function metadata (changes: Partial<StepEventMetadata> = {}, custom = true): StepEventMetadata {
  const state = {
    type: 'aws:s3/bucket:Bucket',
    urn,
    custom,
    id: 'b-1',
    parent: '',
    inputs: { token: 'hush' },
    outputs: { token: 'hush' },
    provider: ''
  }
  return { op: 'create', urn, type: 'aws:s3/bucket:Bucket', new: state, provider: '', ...changes }
}

const event = (body: Partial<SdkEvent>): SdkEvent => ({ sequence: 1, timestamp: 1, ...body })

test('a step of a cloud resource becomes an event at start, end and failure, without inputs and outputs', () => {
  const common = {
    type: 'resource',
    action: 'create',
    urn,
    resourceType: 'aws:s3/bucket:Bucket',
    name: 'bucket',
    id: 'b-1'
  }
  expect(toEngineEvent(event({ resourcePreEvent: { metadata: metadata() } }))).toEqual({ ...common, status: 'started' })
  expect(toEngineEvent(event({ resOutputsEvent: { metadata: metadata() } }))).toEqual({
    ...common,
    status: 'succeeded'
  })
  expect(toEngineEvent(event({ resOpFailedEvent: { metadata: metadata(), status: 1, steps: 1 } }))).toEqual({
    ...common,
    status: 'failed'
  })
})

test('components, providers and the stack make no events', () => {
  expect(toEngineEvent(event({ resourcePreEvent: { metadata: metadata({}, false) } }))).toBeUndefined()
  expect(
    toEngineEvent(event({ resourcePreEvent: { metadata: metadata({ type: 'pulumi:providers:aws' }) } }))
  ).toBeUndefined()
})

test.each([
  ['create-replacement', 'create'],
  ['delete-replaced', 'delete'],
  ['replace', 'replace'],
  ['same', 'same'],
  ['refresh', 'read']
] as const)("the engine's %s becomes %s", (op, action) => {
  expect(toEngineEvent(event({ resourcePreEvent: { metadata: metadata({ op }) } }))).toMatchObject({ action })
})

test('the event of a delete has what the old state says', () => {
  const { new: old, ...rest } = metadata({ op: 'delete' })
  expect(
    toEngineEvent(event({ resOutputsEvent: { metadata: old === undefined ? rest : { ...rest, old } } }))
  ).toMatchObject({ action: 'delete', id: 'b-1' })
})

test('messages become events without colours, markup and stack frames, debug messages none', () => {
  const diagnostic = (severity: string, message: string) =>
    event({ diagnosticEvent: { severity: severity as 'info', message, color: 'never', urn } })
  expect(
    toEngineEvent(diagnostic('error', '<{%reset%}>\u001b[31mbad\u001b[0m thing<{%reset%}>\n    at f (/srv/x.ts:1:2)\n'))
  ).toEqual({ type: 'diagnostic', severity: 'error', message: 'bad thing', urn })
  expect(toEngineEvent(diagnostic('info#err', 'x'))).toMatchObject({ severity: 'info' })
  expect(toEngineEvent(diagnostic('debug', 'x'))).toBeUndefined()
  expect(toEngineEvent(diagnostic('warning', ' \n'))).toBeUndefined()
})

test('a message is bounded', () => {
  expect(sanitizeMessage('x'.repeat(100_000)).length).toBe(4096)
})

test('the summary counts resources by action, and the engine\'s other events make none', () => {
  const summary = { maybeCorrupt: false, durationSeconds: 3, resourceChanges: { create: 2 }, policyPacks: {} }
  expect(toEngineEvent(event({ summaryEvent: summary }))).toEqual({
    type: 'summary',
    changes: { create: 2 },
    seconds: 3
  })
  for (const body of [
    { cancelEvent: {} },
    { preludeEvent: { config: {} } },
    { stdoutEvent: { message: 'x', color: 'never' } }
  ]) {
    expect(toEngineEvent(event(body))).toBeUndefined()
  }
})
