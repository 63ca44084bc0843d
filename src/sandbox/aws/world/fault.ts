import type { SandboxFaultInput } from '../../../schemas/sandbox.ts'

/** A fault as it was scripted, with the calls it has matched and those among them it acted on. */
export interface ScriptedFault extends SandboxFaultInput { id: string, matched: number, hits: number }
