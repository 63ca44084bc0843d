import { Outputs } from '../schemas/environment.ts'

const REQUIRED = Object.keys(Outputs.properties)

/** Whether a program has returned the outputs that every environment has. */
export function hasRequiredOutputs (outputs: Readonly<Record<string, unknown>>): outputs is Outputs {
  return REQUIRED.every((name) => typeof outputs[name] === 'string')
}
