import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Environment } from '../../src/schemas/environment.ts'
import type { Operation } from '../../src/schemas/operation.ts'
import { mergePatch } from '../../src/spec/merge-patch.ts'
import { checkEnd, checkGone, checkHistory, checkReady, checkEvents, eventsOf } from './checks.ts'
import { VICTIMS, type Kill, type Step } from './plan.ts'
import type { Part } from './processes.ts'
import { insist, Violation, type Request } from './requests.ts'
import type { KillableService } from './killable-service.ts'
import { watch, type Phase, type Watch } from './watch.ts'

/** A kill as it happened. */
export interface Strike {
  readonly kill: Kill
  /** Who was there to be killed. */
  readonly killed: readonly Part[]
  readonly phase: Phase
}

/** A step as it result. */
export interface StepResult {
  readonly step: Step
  readonly strikes: readonly Strike[]
  readonly attempts: number
  /** From the last kill, or the request, to the end. */
  readonly seconds: number
  readonly wrong: readonly string[]
}

export const SPEC = {
  team: 'vision',
  name: 'training',
  jobs: { default: { image: 'public.ecr.aws/docker/library/python:3.13' } }
}
const LOOK_MS = 50
const PATIENCE_SECONDS = 180

/** One environment, from its request to its end. */
export interface Lifecycle {
  readonly service: KillableService
  /** How many resources of each type an environment has; none where that is not known yet. */
  readonly types: ReadonlyMap<string, number>
  readonly accepted: Operation['kind'][]
  id: string
  spec: unknown
}

/** Asks for a step, kills whom it says when it says, follows the operation to its end, and looks at everything. */
export async function runStep (lifecycle: Lifecycle, step: Step): Promise<StepResult> {
  const watching = watch(lifecycle.service)
  try {
    const request = requestOf(lifecycle, step)
    const answered = insist<Environment>(lifecycle.service, request).then((environment) => {
      watching.follow(operationOf(environment))
      return environment
    })
    const strikes = await strikeAll(lifecycle.service, step.kills, watching, answered)
    const since = performance.now()
    const environment = await answered
    const operation = await ended(lifecycle.service, operationOf(environment))
    const seconds = (performance.now() - since) / 1000
    await watching.stop()
    lifecycle.id = environment.id
    lifecycle.spec = mergePatch(lifecycle.spec, step.patch ?? {})
    lifecycle.accepted.push(step.kind)
    const wrong = [
      ...checkEnd(operation),
      ...checkEvents(operation, await eventsOf(lifecycle.service, operation.id)),
      ...(await lookAround(lifecycle, { step, request, operation }))
    ]
    return { step, strikes, attempts: operation.attempt, seconds, wrong }
  } finally {
    await watching.stop()
  }
}

function requestOf ({ id, spec }: Lifecycle, { kind, patch }: Step): Request {
  switch (kind) {
    case 'create': return { method: 'POST', path: '/environments', body: spec as object, idempotencyKey: randomUUID() }
    case 'update': return { method: 'PATCH', path: `/environments/${id}`, body: patch ?? {} }
    case 'delete': return { method: 'DELETE', path: `/environments/${id}` }
  }
}

function operationOf ({ id, operation }: Environment): string {
  if (!operation) throw new Violation(`environment ${id} was accepted without an operation`)
  return operation.id
}

async function strikeAll (
  service: KillableService,
  kills: readonly Kill[],
  watching: Watch,
  answered: Promise<unknown>
): Promise<Strike[]> {
  const strikes: Strike[] = []
  // A refusal is reported where the answer is waited for.
  answered.catch(async () => watching.stop())
  for (const kill of kills) {
    await watching.until(kill.moment)
    const phase = watching.phase()
    strikes.push({ kill, phase, killed: await service.strike(VICTIMS[kill.victim], kill) })
  }
  return strikes
}

async function ended (service: KillableService, id: string): Promise<Operation> {
  const deadline = performance.now() + PATIENCE_SECONDS * 1000
  for (;;) {
    const operation = await insist<Operation>(service, { path: `/operations/${id}` })
    if (operation.finishedAt !== null) return operation
    if (performance.now() > deadline) {
      throw new Violation(
        `${operation.kind} ${id} is ${operation.state}, attempt ${operation.attempt}, after ${PATIENCE_SECONDS} s`
      )
    }
    await delay(LOOK_MS)
  }
}

async function lookAround (
  lifecycle: Lifecycle,
  { step: { kind }, request, operation }: { step: Step, request: Request, operation: Operation }
): Promise<string[]> {
  const { service, id, accepted, types, spec } = lifecycle
  const environment = await insist<Environment>(service, { path: `/environments/${id}` })
  const history = await checkHistory(service, id, accepted)
  if (kind === 'delete') return [...(await checkGone(service, environment)), ...history]
  return [
    ...(await checkReady(service, environment, { spec: spec as object, generation: accepted.length, types })),
    ...history,
    ...(kind === 'create' ? await checkRepeated(service, request, operation) : []),
    ...(await checkUnchanged(service, id))
  ]
}

/** The request is not done twice. */
async function checkRepeated (service: KillableService, request: Request, operation: Operation): Promise<string[]> {
  const again = await insist<Environment>(service, request)
  const id = again.operation?.id ?? 'none'
  if (id === operation.id) return []
  return [`the request, sent again with its key, was answered with operation ${id} and not ${operation.id}`]
}

/** The cloud is as the state has it, and the state as the program wants it. */
async function checkUnchanged (service: KillableService, id: string): Promise<string[]> {
  const asked = [
    await insist<Operation>(service, { method: 'POST', path: `/environments/${id}/previews`, body: {} }),
    await insist<Operation>(service, { method: 'POST', path: `/environments/${id}/drift-checks` })
  ]
  const [preview, check] = [await ended(service, asked[0]?.id ?? ''), await ended(service, asked[1]?.id ?? '')]
  return [
    ...checkEnd(preview),
    ...(preview.preview?.changes ?? []).map((change) => `a preview would ${JSON.stringify(change)}`),
    ...checkEnd(check),
    ...[...(check.drift?.resources ?? []), ...(check.drift?.unmanaged ?? [])].map(
      (drift) => `drifted: ${JSON.stringify(drift)}`
    )
  ]
}
