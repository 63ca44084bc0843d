/** Loaded into the service before it starts: SIGUSR2 has it collect its garbage, as `--expose-gc` would let it. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options: { type: 'major', flavor: 'last-resort' }) => void
process.on('SIGUSR2', () => { collect({ type: 'major', flavor: 'last-resort' }) })
