import { enableCompileCache } from 'node:module'
import process from 'node:process'

// Stripping types and compiling is most of the start-up. The cache, Node's own, serves what is imported after this
// line.
enableCompileCache()
const { runCommandLine } = await import('./cli.ts')

// A broken pipe or a closed terminal must not end a deployment half way.
process.on('SIGPIPE', () => {}).on('SIGHUP', () => {})
process.exit(await runCommandLine(process.argv.slice(2)))
