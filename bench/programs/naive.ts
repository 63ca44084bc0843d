/**
 * What Pulumi's own example of a service does (the stack's life inside the request), for the environment's program:
 * `POST /environments`, `GET /environments/:id/outputs`, `DELETE /environments/:id`.
 */
import { LocalWorkspace, type OutputMap } from '@pulumi/pulumi/automation/index.js'
import Fastify from 'fastify'
import { program } from '../../src/stacks/batch-environment.ts'
import type { EnvironmentInput } from '../../src/stacks/input.ts'

const PROJECT = 'naive'
const app = Fastify()

const valuesOf = (outputs: OutputMap) =>
  Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value as unknown]))
const select = async (stackName: string) =>
  LocalWorkspace.selectStack({ stackName, projectName: PROJECT, program: async () => undefined })

app.post<{ Body: EnvironmentInput }>('/environments', async ({ body: input }, reply) => {
  const stack = await LocalWorkspace.createOrSelectStack({
    stackName: input.id,
    projectName: PROJECT,
    program: async () => program(input)
  })
  const { outputs } = await stack.up()
  return reply.code(201).send(valuesOf(outputs))
})

app.get<{ Params: { id: string } }>('/environments/:id/outputs', async ({ params: { id } }) => {
  const stack = await select(id)
  return valuesOf(await stack.outputs())
})

app.delete<{ Params: { id: string } }>('/environments/:id', async ({ params: { id } }, reply) => {
  const stack = await select(id)
  await stack.destroy()
  await stack.workspace.removeStack(id)
  return reply.code(204).send()
})

process.send?.(await app.listen({ host: '127.0.0.1', port: 0 }))
