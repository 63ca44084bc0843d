import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** An engine found on this machine: the executable and the arguments that stand before the CLI's own. */
export interface PresentEngine { readonly name: string, readonly executable: string, readonly prefix: readonly string[] }

const SANDBOX: PresentEngine = {
  name: 'the sandbox engine',
  executable: process.execPath,
  prefix: [fileURLToPath(new URL('../../../src/sandbox/engine/main.ts', import.meta.url))]
}

function isExecutable (file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The sandbox engine always, the real `pulumi` where BATCHYARD_PULUMI_ROOT or PATH has one. */
export function presentEngines (): PresentEngine[] {
  const { BATCHYARD_PULUMI_ROOT: root, PATH: path = '' } = process.env
  const folders = [...(root === undefined ? [] : [join(root, 'bin')]), ...path.split(delimiter)]
  const pulumi = folders.map(folder => join(folder, 'pulumi')).find(isExecutable)
  return pulumi === undefined ? [SANDBOX] : [SANDBOX, { name: 'pulumi', executable: pulumi, prefix: [] }]
}

export interface EngineAnswer { stdout: string, stderr: string, code: number }

/** Starts the engine and waits for it; rejects with all it printed where it fails. */
export function runEngine (engine: PresentEngine, args: string[], cwd: string, env: Record<string, string>): Promise<EngineAnswer> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 }
    execFile(engine.executable, [...engine.prefix, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr, code: 0 })
      else reject(new Error(`${args.slice(0, 2).join(' ')} failed\n${stderr}\n${stdout}`, { cause: error }))
    })
  })
}
