import { isOn } from '../../args.ts'
import { readProject } from '../../project.ts'
import { readCheckpointFile } from '../../state/checkpoint.ts'
import { backendRoot, projectNames, stackFiles, stackNames } from '../../state/files.ts'
import type { Run } from '../command.ts'

interface StackSummary {
  name: string
  current: boolean
  lastUpdate?: string
  resourceCount?: number
}

/** The stacks of the project; with `--all`, of every project. */
export const run: Run = async ({ args, environment, output, directory }) => {
  const root = backendRoot(environment.backendUrl)
  const { name: own } = await readProject(directory)
  const projects = isOn(args, 'all') ? await projectNames(root) : [own]
  const lists = await Promise.all(projects.map(async (project) => summaries(root, project, own)))
  const stacks = lists.flat()
  output.out(
    isOn(args, 'json') ? `${JSON.stringify(stacks, null, 2)}\n` : stacks.map(({ name }) => `${name}\n`).join('')
  )
  return 0
}

async function summaries (root: string, project: string, own: string): Promise<StackSummary[]> {
  const names = await stackNames(root, project)
  return Promise.all(names.map(async (stack) => {
    const checkpoint = await readCheckpointFile(stackFiles(root, project, stack))
    return {
      name: project === own ? stack : `organization/${project}/${stack}`,
      current: false,
      ...(checkpoint?.time === undefined
        ? {}
        : { lastUpdate: new Date(checkpoint.time).toISOString(), resourceCount: checkpoint.resources.length })
    }
  }))
}
