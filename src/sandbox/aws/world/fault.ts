import type { FaultSpec } from '../control/shapes.ts'

/** A fault as it was scripted, with the calls it has matched and those among them it acted on. */
export interface ScriptedFault extends FaultSpec { id: string, matched: number, hits: number }
