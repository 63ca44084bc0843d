import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { registerCleanup } from '../../scripts/cleanup.ts'

/** A comparison program in a process of its own. */
export interface ProgramProcess {
  /** What it said first: where it listens, or that it is ready. */
  readonly hello: string
  /** Sends it a question and resolves to its answer; one at a time. */
  ask (question: object): Promise<unknown>
  /** Ends it; resolves when it is gone. */
  stop (): Promise<void>
}

/** Starts `bench/programs/NAME.ts` and waits for its first message. Its errors go to this process's. */
export async function startProgram (
  name: string,
  { env = {}, args = [] }: { env?: Record<string, string>, args?: string[] }
): Promise<ProgramProcess> {
  const child = fork(fileURLToPath(new URL(`../programs/${name}.ts`, import.meta.url)), args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc']
  })
  const stop = registerCleanup(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill()
    await exit
  })
  const answer = async (): Promise<unknown> => {
    const settled = new AbortController()
    try {
      return await Promise.race([
        once(child, 'message', settled).then(([message]) => message as unknown),
        once(child, 'exit', settled).then(([code]) => {
          throw new Error(`${name} ended with ${String(code)}`)
        })
      ])
    } finally {
      // The one that lost the race must not go on listening.
      settled.abort()
    }
  }
  const hello = await answer()
  return {
    hello: String(hello),
    async ask (question) {
      const answered = answer()
      child.send(question)
      return answered
    },
    stop
  }
}
