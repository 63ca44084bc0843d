/** `npm run demo`: the main job once, through the HTTP API, on the sandbox. Exits 0 only if every step was right. */
import { parseArgs } from 'node:util'
import {
  createBatchyardClient,
  followOperation,
  type BatchyardClient,
  type Environment,
  type Problem
} from '../client/index.ts'
import { cleanUpOnSignal } from './cleanup.ts'
import { startServer } from './server-process.ts'
import { expect, heading, print, shellLine, showStep } from './demo-output.ts'

const SHORTENED = 0.1
const SPEC = {
  team: 'vision',
  name: 'training',
  jobs: { default: { image: 'public.ecr.aws/docker/library/python:3.13' } }
}
const WRONG = {
  team: 'Vision!',
  name: 'training',
  region: 'mars-north-1',
  jobs: { default: { image: 'has a space', vcpus: 1, memoryMiB: 512 } },
  network: { subnets: ['subnet-1'] }
}

const { values } = parseArgs({ options: { realtime: { type: 'boolean', default: false } } })

async function refuse (base: string, client: BatchyardClient): Promise<void> {
  heading('A wrong request is refused, with every reason')
  shellLine(`curl -s ${base}/environments -H 'content-type: application/json' -d '${JSON.stringify(WRONG)}'`)
  const { error, response } = await client.POST('/environments', { body: WRONG as unknown as typeof SPEC })
  const problem = expect(error as Problem | undefined, 'a problem')
  print(`${response.status} ${problem.code}: ${problem.detail}`)
  for (const { pointer, message } of problem.errors ?? []) print(`  ${pointer}  ${message}`)
  const pointers = (problem.errors ?? []).map(({ pointer }) => pointer)
  for (const pointer of ['/team', '/region', '/jobs/default/image', '/jobs/default/memoryMiB', '/network/subnets/0']) {
    expect(pointers.includes(pointer) || undefined, `a reason for ${pointer}`)
  }
  const { data } = await client.GET('/environments', {})
  expect(data?.items.length === 0 || undefined, 'nothing stored')
}

async function create (base: string, client: BatchyardClient): Promise<Environment> {
  heading('A team asks for its environment')
  shellLine(`curl -s ${base}/environments -H 'content-type: application/json' -d '${JSON.stringify(SPEC)}'`)
  const { data, response } = await client.POST('/environments', { body: SPEC })
  const environment = expect(data, 'an accepted request')
  print(`${response.status} ${environment.id}, phase ${environment.phase}`)
  await follow(base, client, environment)
  return environment
}

async function follow (base: string, client: BatchyardClient, environment: Environment): Promise<void> {
  const operation = expect(environment.operation, 'an operation')
  shellLine(`curl -sN -H 'accept: text/event-stream' ${base}/operations/${operation.id}/events`)
  const started = performance.now()
  for await (const { event } of followOperation(client, operation.id)) {
    showStep(event, (performance.now() - started) / 1000)
  }
  const { data: ended } = await client.GET('/operations/{id}', { params: { path: { id: operation.id } } })
  expect(ended?.state === 'succeeded' || undefined, `success, and not ${ended?.state} ${ended?.error?.detail ?? ''}`)
}

async function readOutputs (base: string, client: BatchyardClient, { id }: Environment): Promise<void> {
  heading('The portal reads the outputs')
  shellLine(`curl -s ${base}/environments/${id}/outputs`)
  const { data } = await client.GET('/environments/{id}/outputs', { params: { path: { id } } })
  const outputs = expect(data, 'outputs')
  for (const [name, value] of Object.entries(outputs)) {
    if (typeof value === 'string') print(`  ${name.padEnd(30)} ${value}`)
  }
  for (const name of ['ecs_cluster_name', 'job_queue_name', 'job_definition_arn'] as const) {
    expect(outputs[name] || undefined, name)
  }
}

async function tearDown (base: string, client: BatchyardClient, { id }: Environment): Promise<void> {
  heading('The team is done: tear it down')
  shellLine(`curl -s -X DELETE ${base}/environments/${id}`)
  const { data, response } = await client.DELETE('/environments/{id}', { params: { path: { id } } })
  const environment = expect(data, 'an accepted delete')
  print(`${response.status} phase ${environment.phase}`)
  await follow(base, client, environment)
  shellLine(`curl -s ${base}/sandbox/resources`)
  const { data: left } = await client.GET('/sandbox/resources', {})
  print(`resources left in the simulated account: ${left?.items.length}`)
  expect(left?.items.length === 0 || undefined, 'an empty account')
}

async function demo (): Promise<void> {
  const server = await startServer({ speed: values.realtime ? 1 : SHORTENED })
  try {
    heading(`Batchyard listens on ${server.base} (cloud: sandbox, engine: ${server.engine}); nothing here touches AWS`)
    const client = createBatchyardClient(server.base)
    await refuse(server.base, client)
    const environment = await create(server.base, client)
    await readOutputs(server.base, client, environment)
    await tearDown(server.base, client, environment)
  } finally {
    await server.stop()
  }
  heading('Every step was right')
}

cleanUpOnSignal()
try {
  await demo()
} catch (error) {
  process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
