import * as grpc from '@grpc/grpc-js'
import languagePb from '@pulumi/pulumi/proto/language_pb.js'
import languageGrpc from '@pulumi/pulumi/proto/language_grpc_pb.js'
import { channelOptions } from '../../protocol.ts'
import type { DeploymentContext } from '../context.ts'

/** How a program ended. `bail`: it has reported the reason itself. */
export type RunResult = { kind: 'succeeded' } | { kind: 'bail' } | { kind: 'failed', message: string }

export interface RunOptions {
  context: DeploymentContext
  /** `127.0.0.1:PORT` of the language host, from `--client`. */
  client: string
  engineAddress: string
  directory: string
  main: string
}

/** Runs the program in its host. Never rejects; stops waiting when `signal` aborts. */
export async function runProgram (options: RunOptions, signal: AbortSignal): Promise<RunResult> {
  const client = new languageGrpc.LanguageRuntimeClient(
    options.client,
    grpc.credentials.createInsecure(),
    channelOptions
  )
  try {
    return await new Promise<RunResult>((resolve) => {
      const call = client.run(runRequest(options), (error, response) =>
        resolve(error ? failure(error) : resultOf(response))
      )
      signal.addEventListener('abort', () => call.cancel(), { once: true })
    })
  } finally {
    client.close()
  }
}

function runRequest ({ context, engineAddress, directory, main }: RunOptions): languagePb.RunRequest {
  const request = new languagePb.RunRequest()
  request.setProject(context.scope.project)
  request.setStack(context.scope.stack)
  request.setOrganization('organization')
  request.setPwd(main)
  request.setProgram('.')
  request.setArgsList([engineAddress])
  request.setMonitorAddress(engineAddress)
  request.setDryrun(context.preview)
  request.setParallel(context.parallel)
  for (const [key, { value, secret }] of context.config) {
    request.getConfigMap().set(key, value)
    if (secret) request.addConfigsecretkeys(key)
  }
  const info = new languagePb.ProgramInfo()
  info.setRootDirectory(directory)
  info.setProgramDirectory(main)
  info.setEntryPoint('.')
  request.setInfo(info)
  return request
}

function resultOf (response: languagePb.RunResponse): RunResult {
  if (response.getBail()) return { kind: 'bail' }
  return response.getError() === '' ? { kind: 'succeeded' } : { kind: 'failed', message: response.getError() }
}

/** A host that died says nothing: the connection breaks. */
const failure = (error: grpc.ServiceError): RunResult => ({
  kind: 'failed',
  message: error.code === grpc.status.UNAVAILABLE || error.code === grpc.status.CANCELLED
    ? `the connection to the program was lost: ${error.details}`
    : error.details
})
