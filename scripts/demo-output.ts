import type { OperationEvent } from '../client/index.ts'

export function print (line: string): void {
  process.stdout.write(`${line}\n`)
}

export function heading (text: string): void {
  print(`\n== ${text}`)
}

/** The same step by hand. */
export function shellLine (command: string): void {
  print(`$ ${command}`)
}

/** @throws Error when what should be there is not */
export function expect<T> (value: T | null | undefined, what: string): T {
  if (value === undefined || value === null) throw new Error(`expected ${what}`)
  return value
}

/** One line as each cloud resource starts and ends, and for what the engine has to say. */
export function showStep (event: OperationEvent['event'], seconds: number): void {
  const at = `${seconds.toFixed(1)}s`.padStart(7)
  switch (event.type) {
    case 'resource':
      return print(
        `${at}  ${MARKS[event.status]} ${event.action} ${event.resourceType.split(':').at(-1) ?? ''} ${event.name}`
      )
    case 'plan':
      return print(`${at}    ${event.total} resources in all`)
    case 'diagnostic':
      return print(`${at}    ${event.severity}: ${event.message}`)
    case 'state':
      return print(`${at}    ${event.state}${event.reason ? ` (${event.reason})` : ''}`)
    case 'summary':
  }
}

const MARKS = { started: '…', succeeded: '✓', failed: '✗' } as const
