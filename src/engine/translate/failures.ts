import { OPERATION_CODES, type OperationCode } from '../../error-codes.ts'
import { operationError, type OperationErrorData } from '../../errors.ts'
import type { CommandOutcome } from '../command.ts'
import type { EngineEvent } from '../../schemas/event.ts'
import { CLOUD_REQUEST_ID, UNINFORMATIVE, FAILURE_RULES, WRAPPINGS } from './failure-rules.ts'
import { nameOf } from './events.ts'
import { recordOf, textOf } from '../json.ts'
import { sanitizeMessage } from '../../text.ts'
import { RunFailure } from '../types.ts'

type Resource = NonNullable<OperationErrorData['resource']>

/** Why a run failed. */
export interface FailureReason {
  /** `failed`: the engine or the program failed. The others say what happened to the run, its engine or its runner. */
  readonly cause: 'failed' | Interruption
  /** What is known of the cause itself. */
  readonly detail: string
}

type Interruption = 'killed' | 'cancelled' | 'deadline' | 'locked' | 'out-of-memory' | 'crashed'

/** What a failed run left behind, by which it is classified. */
export interface FailureEvidence {
  /** Error messages of the engine, each with the resource it is about where it names one. */
  readonly errors: ReadonlyArray<{ message: string, urn?: string }>
  readonly failed: readonly Resource[]
  /** Resources that had started and not ended. */
  readonly inFlight: readonly Resource[]
  /** The end of what the engine printed. */
  readonly text: string
  /** The message of the program's own error, where the program failed. */
  readonly programError: string | undefined
}

const MAX_LINE = 1000
const MAX_LINES = 10

const INTERRUPTION_CODES: Record<Interruption, OperationCode> = {
  killed: 'engine-killed',
  cancelled: 'cancelled',
  deadline: 'deadline-exceeded',
  locked: 'state-locked',
  'out-of-memory': 'runner-out-of-memory',
  crashed: 'runner-crashed'
}

/** Classifies a failed run. Pure; the meaning of each text is in failure-rules.ts. */
export function classifyFailure ({ cause, detail }: FailureReason, evidence: FailureEvidence): OperationErrorData {
  return cause === 'failed'
    ? engineFailure(detail, evidence)
    : interrupted(INTERRUPTION_CODES[cause], detail, evidence.inFlight)
}

function engineFailure (ending: string, evidence: FailureEvidence): OperationErrorData {
  const findings = findingsOf(evidence)
  const [first] = findings
  if (first === undefined) {
    const detail = lastMessage(evidence.text, ending) || 'The engine ended without a message.'
    const meaning = meaningOf(detail)
    return operationError(meaning?.code ?? 'engine-failed', detail, { passes: meaning?.passes === true })
  }
  return operationError(first.code, findings.slice(0, MAX_LINES).map((finding) => finding.line).join('\n'), {
    passes: first.passes,
    cloudRequestId: findings.flatMap(({ message }) => CLOUD_REQUEST_ID.exec(message)?.[1] ?? [])[0],
    ...(first.resource && { resource: first.resource })
  })
}

/** A write of the service's own that found no room is the run's failure; anything else stays what it is. */
export function ofStorage (error: Error): Error {
  if (!/^(ENOSPC|EDQUOT|EFBIG)$/.test(textOf(recordOf(error).code))) return error
  return new RunFailure(operationError('storage-full', error.message), { cause: error })
}

/** How an engine that failed ended. */
export const endOf = ({ code, killedBy }: CommandOutcome): FailureReason => killedBy === undefined
  ? { cause: 'failed', detail: `The engine ended with code ${code}.` }
  : { cause: 'killed', detail: `The engine was ended by ${killedBy}.` }

function interrupted (code: OperationCode, detail: string, inFlight: readonly Resource[]): OperationErrorData {
  const [resource] = inFlight
  const where = inFlight.slice(0, MAX_LINES).map(({ type, name }) => `${type} ${name}`).join(', ')
  const parts = [detail, where === '' ? '' : `Still under way: ${where}.`].filter((part) => part !== '')
  return operationError(code, parts.join(' '), { ...(resource && { resource }) })
}

interface Finding {
  readonly code: OperationCode
  /** How telling it is: the place of its rule, the smaller the better. */
  readonly rank: number
  readonly message: string
  readonly line: string
  readonly resource?: Resource
  readonly passes: boolean
}

/** One finding per failed resource, and one for the program, the most telling first. */
function findingsOf (evidence: FailureEvidence): Finding[] {
  const seen = new Set<string>()
  const fromErrors = evidence.errors.flatMap(({ message, urn }) => {
    const text = unwrap(message)
    const key = evidence.failed.some((resource) => resource.urn === urn) ? urn ?? text : text
    if (text === '' || UNINFORMATIVE.test(text) || seen.has(key)) return []
    seen.add(key)
    return [findingOf(text, evidence, urn)]
  })
  const ofResources = fromErrors.filter((finding) => finding.resource !== undefined)
  // A failed resource makes the program fail too; that adds nothing.
  const program =
    evidence.programError === undefined || ofResources.length > 0 ? [] : [programFinding(evidence.programError)]
  const found = program.length > 0 ? program : fromErrors
  return found.toSorted((a, b) => a.rank - b.rank)
}

function findingOf (text: string, { failed }: FailureEvidence, urn: string | undefined): Finding {
  const resource = failed.find((candidate) => candidate.urn === urn)
  const meaning = meaningOf(text)
  const line = resource === undefined ? text : `${resource.type} ${resource.name}: ${text}`
  return {
    code: meaning?.code ?? (resource === undefined ? 'engine-failed' : 'cloud-rejected'),
    rank: (meaning?.rank ?? FAILURE_RULES.length) + (resource === undefined ? FAILURE_RULES.length : 0),
    message: text,
    line,
    passes: meaning?.passes === true,
    ...(resource === undefined ? {} : { resource })
  }
}

/** A program refuses with `[code] message`; a failed look-up carries the cloud's message; anything else is a defect. */
function programFinding (error: string): Finding {
  const message = unwrap(error)
  const refusal = refusalOf(message)
  const meaning = /^invocation of /.test(error) ? meaningOf(message) : undefined
  const code = refusal?.code ?? meaning?.code ?? 'program-failed'
  return {
    code,
    rank: 0,
    message,
    line: refusal?.detail ?? message,
    passes: refusal === undefined && meaning?.passes === true
  }
}

function refusalOf (message: string): { code: OperationCode, detail: string } | undefined {
  const [, code, detail] = /^(?:Error: )?\[([a-z-]+)\] (.*)$/s.exec(message) ?? []
  return code !== undefined && detail !== undefined && isOperationCode(code) ? { code, detail } : undefined
}

const isOperationCode = (code: string): code is OperationCode => Object.hasOwn(OPERATION_CODES, code)

function meaningOf (text: string): { code: OperationCode, rank: number, passes: boolean } | undefined {
  const rank = FAILURE_RULES.findIndex((rule) => rule.pattern.test(text))
  const rule = FAILURE_RULES[rank]
  return rule === undefined ? undefined : { code: rule.code, rank, passes: rule.passes === true }
}

/** The message inside its wrappings, on one line. */
function unwrap (message: string): string {
  const line = sanitizeMessage(message).replace(/\s+/g, ' ')
  const bare = WRAPPINGS.reduce((text, wrapping) => text.replace(wrapping, ''), line)
  return bare === line ? sanitizeMessage(bare, MAX_LINE) : unwrap(bare)
}

/**
 * For failures of which no event tells: the errors that the engine printed, or how it ended and its last lines.
 * @param ending How the engine ended.
 */
function lastMessage (text: string, ending: string): string {
  const lines = sanitizeMessage(text.slice(-MAX_LINE * 4))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const errors = lines.filter((line) => /^error:|\bcreated by \S+ \(pid \d+\)/i.test(line) && !UNINFORMATIVE.test(line))
  return sanitizeMessage(
    (errors.length > 0 ? errors : [ending, ...lines.slice(-3)]).map((line) => unwrap(line)).join('\n'),
    MAX_LINE
  )
}

/** Gathers evidence from a run's events; bounded, however long the run. */
export class EventRecord {
  readonly errors: Array<{ message: string, urn?: string }> = []
  readonly failed: Resource[] = []
  readonly #inFlight = new Map<string, Resource>()
  /** Whether the program has got as far as its resources. */
  planned = false

  get inFlight (): Resource[] {
    return [...this.#inFlight.values()]
  }

  add (event: EngineEvent): void {
    if (event.type === 'diagnostic' && event.severity === 'error' && this.errors.length < MAX_LINES * 10) {
      this.errors.push(
        event.urn === undefined ? { message: event.message } : { message: event.message, urn: event.urn }
      )
    }
    if (event.type === 'plan' || event.type === 'resource') this.planned = true
    if (event.type !== 'resource') return
    const resource = { urn: event.urn, type: event.resourceType, name: nameOf(event.urn) }
    if (event.status === 'started') this.#inFlight.set(event.urn, resource)
    else this.#inFlight.delete(event.urn)
    if (event.status === 'failed') this.failed.push(resource)
  }
}
