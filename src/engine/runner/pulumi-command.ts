import { createRequire } from 'node:module'
import type { SemVer } from 'semver'
import semver from 'semver'
import type { CommandRequest, CommandOutcome } from '../command.ts'

/**
 * What the SDK calls of a PulumiCommand. `run` is internal to the SDK, so the SDK's version is pinned and the contract
 * suite covers it.
 */
export interface PulumiCommandLike {
  readonly command: string
  readonly version: SemVer
  run (
    ...call: [
      args: string[],
      cwd: string,
      env: Record<string, string>,
      onOutput?: (text: string) => void,
      onError?: (text: string) => void,
      signal?: AbortSignal
    ]
  ): Promise<CommandOutcome>
}

/** The SDK's own constructors, not in its declarations: `createOrSelect` asks `instanceof` of their classes. */
interface SdkErrors { createCommandError (result: CommandOutcome): Error }
interface SdkCommand { CommandResult: new (stdout: string, stderr: string, code: number) => CommandOutcome }
const sdkRequire = createRequire(import.meta.url)
const { createCommandError } = sdkRequire('@pulumi/pulumi/automation/errors.js') as SdkErrors
const { CommandResult } = sdkRequire('@pulumi/pulumi/automation/cmd.js') as SdkCommand

/**
 * The PulumiCommand of every run: hands each command to `perform` and turns a non-zero exit into the SDK's own errors,
 * with the engine's real exit code.
 * @param version What the engine answered to `version`.
 */
export function createPulumiCommand (
  engine: { executable: string, version: string },
  runCommand: (request: CommandRequest, signal: AbortSignal | undefined) => Promise<CommandOutcome>
): PulumiCommandLike {
  const version = semver.parse(engine.version)
  if (version === null) throw new Error(`the engine's version "${engine.version}" is not a version`)
  return {
    command: engine.executable,
    version,
    async run (...[args, cwd, env, onOutput, onError, signal]) {
      const { stdout, stderr, code } = await runCommand({ args, cwd, env }, signal)
      if (stdout !== '') onOutput?.(stdout)
      if (stderr !== '') onError?.(stderr)
      // The SDK tells errors apart by the text of stderr; some engines' messages are on stdout.
      if (code !== 0) throw createCommandError(new CommandResult(stdout, stderr, code))
      return new CommandResult(stdout, stderr, code)
    }
  }
}
