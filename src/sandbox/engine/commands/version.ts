import { engineVersion } from '../version.ts'
import type { Run } from './command.ts'

export const run: Run = async ({ output }) => {
  output.out(`${engineVersion}\n`)
  return 0
}
