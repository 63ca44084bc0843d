import { createEngine, findEngine } from '../../../src/engine/index.ts'
import { engineOptions, PROGRAM } from './harness.ts'
import type { Behaviour } from './programs.ts'

/**
 * A service of which only the engine fixture is there, for tests that kill it: runs one `up` and tells the pids it
 * knows.
 */
const [dataDir = '', port = '', behaviour = '{}', kind = '', root = ''] = process.argv.slice(2)
if (kind !== 'sandbox' && kind !== 'pulumi') throw new Error(`no engine called ${kind}`)
const executable = await findEngine({
  engine: kind,
  cloud: 'sandbox',
  path: process.env['PATH'] ?? '',
  ...(root === '' ? {} : { pulumiRoot: root })
})
const engine = await createEngine(engineOptions(executable, dataDir, Number(port)))
await engine.run(
  {
    kind: 'up',
    refresh: false,
    stack: 'env',
    program: { module: PROGRAM, input: JSON.parse(behaviour) as Behaviour },
    deadlineSeconds: 120
  },
  {
    signal: new AbortController().signal,
    onEvent: () => undefined,
    onEngineStarted: async (started) => {
      process.send?.({ engine: started })
    }
  }
)
