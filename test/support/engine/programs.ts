import { AsyncResource } from 'node:async_hooks'
import { Group, pulumi, Thing } from './resources.ts'

/** What the program of these tests does, as its input says. */
export interface Behaviour {
  /** Names of Things to create beside each other. */
  readonly things?: readonly string[]
  /** Resources by name. */
  readonly detailed?: Readonly<Record<string, Detailed>>
  readonly throws?: string
  /** A promise that nobody awaits rejects with this. */
  readonly rejects?: string
  /** The same, in the middle of the next run of this runner. */
  readonly rejectsLater?: string
  readonly hangs?: boolean
  readonly spins?: boolean
  /** Once its resources are there. */
  readonly spinsLater?: boolean
  readonly hoards?: boolean
  readonly secret?: string
  /** Outputs as they are given. */
  readonly says?: Record<string, unknown>
  /** The names of the variables in the runner's environment become an output. */
  readonly tellsEnvironment?: boolean
}

interface Detailed {
  readonly inputs: Record<string, unknown>
  readonly password?: string
  /** `test:index:Thing` by default; the provider knows every type. */
  readonly type?: string
  /** The name of an earlier one with which it is deleted. */
  readonly with?: string
}

class Typed extends pulumi.CustomResource {
  declare readonly arn: pulumi.Output<string>
}

export async function program (input: unknown): Promise<Record<string, unknown>> {
  const behaviour = input as Behaviour
  const group = new Group('group')
  const things: Array<Thing | Typed> = (behaviour.things ?? []).map(
    (name) => new Thing(name, { name }, { parent: group })
  )
  things.push(...detailed(behaviour.detailed ?? {}))
  if (behaviour.throws !== undefined) throw new Error(behaviour.throws)
  if (behaviour.hangs === true) {
    things.push(new Thing('waiting', { never: new Promise<string>(() => undefined) }, { parent: group }))
  }
  if (behaviour.spins === true) for (;;) Math.random()
  if (behaviour.spinsLater === true) {
    pulumi.all(things.map((thing) => thing.arn)).apply(() => {
      for (;;) Math.random()
    })
  }
  if (behaviour.hoards === true) await hoard()
  for (const reject of late.splice(0)) setImmediate(reject)
  if (behaviour.rejects !== undefined) setTimeout(rejection(behaviour.rejects))
  if (behaviour.rejectsLater !== undefined) late.push(rejection(behaviour.rejectsLater))
  const secret =
    behaviour.secret === undefined ? {} : { secret: pulumi.secret({ value: behaviour.secret }), plain: [1, null, 'x'] }
  const names = behaviour.tellsEnvironment === true ? { environment: Object.keys(process.env) } : {}
  return { arns: things.map((thing) => thing.arn), ...secret, ...behaviour.says, ...names }
}

function detailed (wanted: Readonly<Record<string, Detailed>>): Typed[] {
  const made = new Map<string, Typed>()
  for (const [name, { inputs, password, type = 'test:index:Thing', with: owner = '' }] of Object.entries(wanted)) {
    const secret = password === undefined ? {} : { password: pulumi.secret(password) }
    const deletedWith = made.get(owner)
    made.set(
      name,
      new Typed(type, name, { arn: undefined, ...inputs, ...secret }, deletedWith === undefined ? {} : { deletedWith })
    )
  }
  return [...made.values()]
}

async function hoard (): Promise<void> {
  const hoarded: number[][] = []
  for (;;) {
    hoarded.push(Array.from({ length: 100_000 }, Math.random))
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Kept, and never awaited: their rejections are unhandled. */
const rejected: Array<Promise<never>> = []
/** What the next run of this runner has rejected. */
const late: Array<() => void> = []

/** @returns Rejects it, as this run's whenever that is. */
function rejection (message: string): () => void {
  const { promise, reject } = Promise.withResolvers<never>()
  rejected.push(promise)
  return AsyncResource.bind(() => reject(new Error(message)))
}
