import { EngineError } from '../errors.ts'
import { existingStack, readProject, stackNameOf } from '../project.ts'
import type { Project } from '../project.ts'
import { backendRoot } from '../state/files.ts'
import type { StackFiles } from '../state/files.ts'
import type { CommandContext } from './command.ts'

export interface Selection {
  project: Project
  files: StackFiles
}

/**
 * The stack's name, from `--stack` or the first argument. This engine keeps no current stack: the name must be given.
 */
function stackReference ({ args }: CommandContext): string {
  const reference = args.flags.get('stack') ?? args.positionals[0]
  if (reference === undefined) throw new EngineError('no stack selected; the sandbox engine needs --stack')
  return reference
}

/** @throws EngineError: no project (1), no such stack (6) */
export async function selectedStack (context: CommandContext): Promise<Selection> {
  const root = backendRoot(context.environment.backendUrl)
  const project = await readProject(context.directory)
  return { project, files: existingStack(root, project, stackReference(context)) }
}

/** Name of a stack that need not exist. */
export async function namedStack (context: CommandContext): Promise<{ root: string, project: Project, stack: string }> {
  const root = backendRoot(context.environment.backendUrl)
  const project = await readProject(context.directory)
  return { root, project, stack: stackNameOf(stackReference(context), project.name) }
}
