// A process of its own that deploys one slow resource: for tests that kill it. Arguments: folder, port of the provider,
// engine as JSON.
import type { EngineExecutable } from '../../../src/engine/index.ts'
import { thing } from './resources.ts'
import { environmentOf, selectStack } from './stack.ts'

const [folder = '', port = '', engine = ''] = process.argv.slice(2)
const stack = await selectStack(JSON.parse(engine) as EngineExecutable, folder, environmentOf(folder, Number(port)))
await stack.up({ program: async () => { thing('next', { value: thing('slow').arn }) }, onEvent: () => {} })
