import * as pulumi from '@pulumi/pulumi'
import type { EngineEvent } from '../../schemas/event.ts'
import type { ProgramReference } from '../types.ts'
import { stripUnstorable } from '../../text.ts'
import { connectionsOfRun } from './sdk.ts'

/** A program as the SDK takes it, and what became of it. */
export interface ObservedProgram {
  readonly program: () => Promise<Record<string, unknown> | undefined>
  /** Why the program failed, if it did. */
  error: unknown
  /** Closes what the SDK leaves open. To be called once the run is over. */
  close (): void
}

/** Wraps a program: loads its module when it runs, counts the cloud resources it declares, keeps its failure. */
export function observeProgram (reference: ProgramReference, onEvent: (event: EngineEvent) => void): ObservedProgram {
  const observed: ObservedProgram = {
    error: undefined,
    close: () => undefined,
    program: async () => {
      observed.close = connectionsOfRun()
      const counted = countResources()
      try {
        const outputs = await (await loadProgram(reference.module))(reference.input)
        onEvent({ type: 'plan', total: counted() })
        return outputs
      } catch (error) {
        observed.error = error
        throw toTransportableError(error)
      }
    }
  }
  return observed
}

/** The SDK waits for ever when it has to send a message with half a surrogate pair, which its protocol can't encode. */
function toTransportableError (error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error)
  return message.isWellFormed() ? error : new Error(stripUnstorable(message))
}

type Program = (input: unknown) => Promise<Record<string, unknown> | undefined>

async function loadProgram (module: string): Promise<Program> {
  const exports = await import(module) as { program?: unknown }
  if (typeof exports.program !== 'function') throw new Error(`${module} does not export a function named program`)
  return exports.program as Program
}

/** Counts the cloud resources declared in this run from here on: not components, not providers. */
function countResources (): () => number {
  const declared: pulumi.Resource[] = []
  pulumi.runtime.registerStackTransformation(({ resource, type }) => {
    if (!type.startsWith('pulumi:')) declared.push(resource)
    return undefined
  })
  // Only when its constructor is through does a resource tell that it is no component.
  return () => declared.filter((resource) => pulumi.CustomResource.isInstance(resource)).length
}
