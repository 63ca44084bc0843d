/**
 * The environment's program by hand: `pulumi stack init` and `pulumi up`, two engines and nothing else. The SDK serves
 * as the program's language host; what else it asks its command for is answered with nothing, at no cost. The program
 * is loaded first, which a person at a terminal would wait for. It takes an input and answers with milliseconds.
 */
import { execFile } from 'node:child_process'
import { LocalWorkspace, type InlineProgramArgs } from '@pulumi/pulumi/automation/index.js'
import { promisify } from 'node:util'
import semver from 'semver'
import { program } from '../../src/stacks/batch-environment.ts'
import type { EnvironmentInput } from '../../src/stacks/input.ts'

const NOTHING: Readonly<Record<string, string>> = { 'stack output': '{}', 'stack history': '[]' }
const run = promisify(execFile)

const command = {
  command: 'pulumi',
  version: semver.parse((await run('pulumi', ['version'])).stdout.trim()),
  async run (args: string[], cwd: string, env: Record<string, string>) {
    const nothing = NOTHING[args.slice(0, 2).join(' ')]
    if (nothing !== undefined) return { stdout: nothing, stderr: '', code: 0 }
    const done = await run('pulumi', [...args, '--non-interactive'], { cwd, env: { ...process.env, ...env } })
    return { ...done, code: 0 }
  }
}

async function create (input: EnvironmentInput): Promise<number> {
  const args: InlineProgramArgs = { stackName: input.id, projectName: 'by-hand', program: async () => program(input) }
  const started = performance.now()
  const stack = await LocalWorkspace.createStack(args, { pulumiCommand: command })
  await stack.up()
  return performance.now() - started
}

async function destroy ({ id }: { id: string }): Promise<number> {
  const stack = await LocalWorkspace.selectStack(
    { stackName: id, projectName: 'by-hand', program: async () => undefined },
    { pulumiCommand: command }
  )
  await stack.destroy()
  await stack.workspace.removeStack(id)
  return 0
}

type Question = { create: EnvironmentInput } | { destroy: { id: string } }

process.on('message', (question: Question) => {
  const work = 'create' in question ? create(question.create) : destroy(question.destroy)
  work.then(
    (milliseconds) => process.send?.(milliseconds),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    }
  )
})
process.send?.('ready')
