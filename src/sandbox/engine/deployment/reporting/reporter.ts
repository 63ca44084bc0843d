import type { Output } from '../../output.ts'
import type { ResourceState } from '../../state/resource.ts'
import { isDefaultProvider, resourceNameOf, typeOf } from '../../urn.ts'
import { metadataOf } from './events.ts'
import type { EventLog, Severity } from './events.ts'
import { isLogical, operationOf, subjectOf } from '../planning/step.ts'
import type { DeploymentStep } from '../planning/step.ts'

/** How the lines and the counts name an operation (pkg/display of the real engine). */
interface Words {
  sign: string
  present: string
  past: string
  counted: string
}

const words: Record<string, Words> = {
  same: { sign: ' ', present: '', past: '', counted: 'unchanged' },
  create: { sign: '+', present: 'creating', past: 'created', counted: 'created' },
  update: { sign: '~', present: 'updating', past: 'updated', counted: 'updated' },
  delete: { sign: '-', present: 'deleting', past: 'deleted', counted: 'deleted' },
  replace: { sign: '+-', present: 'replacing', past: 'replaced', counted: 'replaced' },
  'create-replacement': { sign: '++', present: 'creating replacement', past: 'created replacement', counted: '' },
  refresh: { sign: '~', present: 'refreshing', past: '', counted: '' },
  'delete-replaced': { sign: '--', present: 'deleting original', past: 'deleted original', counted: '' }
}

const silentWords: Words = { sign: ' ', present: '', past: '', counted: '' }

const wordsOf = (operation: string): Words => words[operation] ?? silentWords

/**
 * gRPC codes after which the real engine calls the state of a resource unknown, and the checkpoint possibly corrupt.
 */
export const statusUnknown = 2
const prefixes: Record<Severity, string> = {
  debug: 'debug: ',
  info: '',
  'info#err': '',
  warning: 'warning: ',
  error: 'error: '
}

interface Diagnostic {
  urn: string
  text: string
}

/** Tells what a deployment does: as events, as lines on stdout, and as the numbers of the summary. */
export class Reporter {
  readonly #events: EventLog
  readonly #output: Output
  readonly #root: string
  readonly #preview: boolean
  readonly #started = Date.now()
  readonly #changes = new Map<string, number>()
  readonly #diagnostics: Diagnostic[] = []
  readonly #began = new Map<string, number>()
  #steps = 0
  #corrupt = false
  #errors = 0

  constructor (events: EventLog, { output, root, preview }: { output: Output, root: string, preview: boolean }) {
    this.#events = events
    this.#output = output
    this.#root = root
    this.#preview = preview
  }

  get errors (): number {
    return this.#errors
  }

  get changes (): Record<string, number> {
    return Object.fromEntries(this.#changes)
  }

  prelude (title: string, config: Record<string, string>): void {
    this.#output.out(`${title}\n\n`)
    this.#events.send({ preludeEvent: { config } })
  }

  began (step: DeploymentStep): void {
    this.#began.set(subjectOf(step).urn, Date.now())
    this.#events.send({ resourcePreEvent: { metadata: metadataOf(step) } })
    this.#line(step, wordsOf(operationOf(step)).present)
  }

  ended (step: DeploymentStep, state: ResourceState): void {
    if ((isLogical(step) || step.kind === 'refresh') && !isDefaultProvider(state.urn)) {
      this.#steps += 1
      const operation = operationOf(step)
      this.#changes.set(operation, (this.#changes.get(operation) ?? 0) + 1)
    }
    // A component's outputs, the stack's too, come when the program registers them: its event waits for that.
    if (operationOf(step) !== 'delete' && !state.custom && !this.#preview && step.kind !== 'refresh') return
    this.outputs(step, state)
  }

  outputs (step: DeploymentStep, state: ResourceState): void {
    this.#events.send({ resOutputsEvent: { metadata: metadataOf(step, state) } })
    const seconds = (Date.now() - (this.#began.get(state.urn) ?? Date.now())) / 1000
    const { past } = wordsOf(operationOf(step))
    this.#line(step, past && `${past} (${seconds.toFixed(2)}s)`)
  }

  failed (step: DeploymentStep, message: string, status: number): void {
    const { urn } = subjectOf(step)
    this.diagnostic('error', this.#preview ? `Preview failed: ${message}` : message, urn)
    if (this.#preview) return
    this.#corrupt ||= status === statusUnknown
    this.#events.send({ resOpFailedEvent: { metadata: metadataOf(step), status, steps: this.#steps } })
    this.#line(step, `**${wordsOf(operationOf(step)).present} failed** error: ${message.split('\n')[0]}`)
  }

  /** A message for the person at the terminal. */
  message (text: string): void {
    this.#output.out(text)
    this.#events.send({ stdoutEvent: { message: text, color: 'never' } })
  }

  diagnostic (severity: Severity, message: string, urn = ''): void {
    if (severity === 'error') this.#errors += 1
    const text = message.endsWith('\n') ? message : `${message}\n`
    const prefix = prefixes[severity]
    this.#events.send({
      diagnosticEvent: {
        ...(urn === '' ? {} : { urn }), ...(prefix === '' ? {} : { prefix }), message: text, color: 'never', severity
      }
    })
    if (severity !== 'debug') this.#diagnostics.push({ urn: urn === '' ? this.#root : urn, text: prefix + text })
  }

  summary (result: 'succeeded' | 'failed'): void {
    const seconds = Math.ceil((Date.now() - this.#started) / 1000)
    this.#printDiagnostics()
    this.#printCounts()
    this.#output.out(`\nDuration: ${seconds}s\n\n`)
    this.#events.send({
      summaryEvent: {
        maybeCorrupt: this.#corrupt,
        durationSeconds: seconds,
        resourceChanges: this.changes,
        PolicyPacks: {},
        isPreview: this.#preview,
        result
      }
    })
  }

  async close (): Promise<void> {
    this.#events.send({ cancelEvent: {} })
    await this.#events.close()
  }

  #line (step: DeploymentStep, what: string): void {
    const { urn, type } = subjectOf(step)
    if (what !== '' && !isDefaultProvider(urn)) {
      this.#output.out(` ${wordsOf(operationOf(step)).sign.padEnd(2)} ${type} ${resourceNameOf(urn)} ${what} \n`)
    }
  }

  #printDiagnostics (): void {
    if (this.#diagnostics.length === 0) return
    this.#output.out('Diagnostics:\n')
    for (const urn of new Set(this.#diagnostics.map((diagnostic) => diagnostic.urn))) {
      this.#output.out(`  ${typeOf(urn)} (${resourceNameOf(urn)}):\n`)
      const texts = this.#diagnostics.filter((diagnostic) => diagnostic.urn === urn).map(({ text }) => text)
      this.#output.out(`${texts.join('').replace(/^(?=.)/gm, '    ')}\n`)
    }
  }

  #printCounts (): void {
    this.#output.out('Resources:\n')
    for (const [operation, count] of this.#changes) {
      const { sign, counted } = wordsOf(operation)
      this.#output.out(`    ${operation === 'same' ? '' : `${sign} `}${count} ${counted}\n`)
    }
    if (this.#errors > 0) this.#output.out(`    ${this.#errors} errored\n`)
  }
}
