import { userInfo } from 'node:os'
import { isOn } from '../args.ts'
import { backendRoot } from '../state/files.ts'
import type { Run } from './command.ts'

export const run: Run = async ({ args, environment, output }) => {
  const user = userInfo().username
  const url = `file://${backendRoot(environment.backendUrl)}`
  output.out(isOn(args, 'json') ? `${JSON.stringify({ user, url }, null, 2)}\n` : `${user}\n`)
  return 0
}
