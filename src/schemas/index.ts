import { Environment, Outputs } from './environment.ts'
import { OperationEvent } from './event.ts'
import { Key, KeyInput, KeyList, NewKey } from './key.ts'
import { DriftResult, Operation, PreviewResult } from './operation.ts'
import { EnvironmentPage, EventPage, OperationPage, TeamPage } from './page.ts'
import { OperationError, Problem } from './problem.ts'
import { Readiness } from './readiness.ts'
import { SANDBOX_SCHEMAS } from './sandbox.ts'
import { NamedSpec, ResolvedSpec, Spec, SpecPatch } from './spec.ts'
import { Guardrails, Placement, Team, TeamInput } from './team.ts'

/** Every shape with an `$id`: routes refer to them, and OpenAPI makes a component of each. */
export const SHARED_SCHEMAS = [
  Spec,
  NamedSpec,
  SpecPatch,
  ResolvedSpec,
  Environment,
  EnvironmentPage,
  Outputs,
  PreviewResult,
  DriftResult,
  Operation,
  OperationError,
  OperationPage,
  OperationEvent,
  EventPage,
  Problem,
  Placement,
  Guardrails,
  TeamInput,
  Team,
  TeamPage,
  KeyInput,
  Key,
  NewKey,
  KeyList,
  Readiness,
  ...SANDBOX_SCHEMAS
]
