import { Group, pulumi, Thing } from '../../support/engine/resources.ts'

/** What the program of these tests does, as its input says. */
export interface Behaviour {
  /** Names of Things to create beside each other. */
  readonly things?: readonly string[]
  readonly throws?: string
  /** A promise that nobody awaits rejects with this. */
  readonly rejects?: string
  /** The same, once the program has returned and its resource is being created. */
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

export async function program (input: unknown): Promise<Record<string, unknown>> {
  const behaviour = input as Behaviour
  const group = new Group('group')
  const things = (behaviour.things ?? []).map((name) => new Thing(name, { name }, { parent: group }))
  if (behaviour.throws !== undefined) throw new Error(behaviour.throws)
  if (behaviour.hangs === true) things.push(new Thing('waiting', { never: new Promise<string>(() => undefined) }, { parent: group }))
  if (behaviour.spins === true) for (;;) Math.random()
  if (behaviour.spinsLater === true) pulumi.all(things.map((thing) => thing.arn)).apply(() => { for (;;) Math.random() })
  if (behaviour.hoards === true) await hoard()
  if (behaviour.rejects !== undefined) rejectLater(behaviour.rejects, 0)
  if (behaviour.rejectsLater !== undefined) rejectLater(behaviour.rejectsLater, 300)
  const secret = behaviour.secret === undefined ? {} : { secret: pulumi.secret({ value: behaviour.secret }), plain: [1, null, 'x'] }
  const names = behaviour.tellsEnvironment === true ? { environment: Object.keys(process.env) } : {}
  return { arns: things.map((thing) => thing.arn), ...secret, ...behaviour.says, ...names }
}

async function hoard (): Promise<void> {
  const hoarded: number[][] = []
  for (;;) {
    hoarded.push(Array.from({ length: 100_000 }, Math.random))
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Kept, and never awaited: their rejections are unhandled. */
const strays: Array<Promise<never>> = []

function rejectLater (message: string, milliseconds: number): void {
  strays.push(new Promise((_resolve, reject) => { setTimeout(() => reject(new Error(message)), milliseconds) }))
}
