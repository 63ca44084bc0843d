import { createRequire } from 'node:module'
import { credentials, type ClientUnaryCall, type ServiceError } from '@grpc/grpc-js'
import type * as services from '@pulumi/pulumi/proto/provider_grpc_pb.js'
import type * as messages from '@pulumi/pulumi/proto/provider_pb.js'
import { receive, send } from '../../../src/sandbox/aws/wire.ts'
import type { Props } from '../../../src/sandbox/aws/values.ts'

const load = createRequire(import.meta.url)
const pb = load('@pulumi/pulumi/proto/provider_pb.js') as typeof messages
const { ResourceProviderClient } = load('@pulumi/pulumi/proto/provider_grpc_pb.js') as typeof services

export interface Created { id: string, outputs: Props, inputs: Props }
interface Diffed {
  replaces: string[]
  diffs: string[]
  deleteBeforeReplace: boolean
  details: Record<string, number>
}

/** One provider instance as an engine drives it, on a connection of its own. */
export interface TestProvider {
  check: (type: string, name: string, args: Props, olds?: Props) => Promise<{ inputs: Props, failures: string[] }>
  /** Check and Create. */
  create: (type: string, name: string, args: Props) => Promise<Created>
  preview: (type: string, name: string, args: Props) => Promise<Props>
  diff: (type: string, olds: Props, news: Props) => Promise<Diffed>
  update: (type: string, id: string, olds: Props, news: Props) => Promise<Props>
  read: (type: string, id: string, state?: Props, inputs?: Props) => Promise<Created>
  remove: (type: string, id: string, state: Props) => Promise<void>
  invoke: (token: string, args: Props) => Promise<Props>
  close: () => void
  /** Goes away without waiting for answers. */
  abandon: () => void
}

type Start<R> = (done: (error: ServiceError | null, response: R) => void) => ClientUnaryCall

const urnOf = (type: string, name: string): string => `urn:pulumi:dev::test::${type}::${name}`

/** Connects to a sandbox cloud and configures the provider. */
export async function connectProvider (
  port: number,
  configuration: Props = { region: 'us-east-1' }
): Promise<TestProvider> {
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1
  })
  const running = new Set<ClientUnaryCall>()
  const call = async <R>(start: Start<R>): Promise<R> =>
    new Promise((resolve, reject) => {
      const started = start((error, response) => {
        running.delete(started)
        if (error) reject(error)
        else resolve(response)
      })
      running.add(started)
    })
  const check: TestProvider['check'] = async (type, name, args, olds = {}) => {
    const answer = await call<messages.CheckResponse>((done) =>
      client.check(
        new pb.CheckRequest()
          .setUrn(urnOf(type, name))
          .setNews(send(args))
          .setOlds(send(olds))
          .setRandomseed(Buffer.from(name)),
        done
      )
    )
    return {
      inputs: receive(answer.getInputs()).props,
      failures: answer.getFailuresList().map((failure) => failure.getReason())
    }
  }
  const checked = async (type: string, name: string, args: Props): Promise<Props> => {
    const { inputs, failures } = await check(type, name, args)
    if (failures.length > 0) throw new Error(failures.join('\n'))
    return inputs
  }
  try {
    await call<messages.ConfigureResponse>((done) =>
      client.configure(new pb.ConfigureRequest().setArgs(send(configuration)), done)
    )
  } catch (error) {
    client.close()
    throw error
  }
  return {
    check,
    create: async (type, name, args) => {
      const inputs = await checked(type, name, args)
      const answer = await call<messages.CreateResponse>((done) =>
        client.create(new pb.CreateRequest().setUrn(urnOf(type, name)).setProperties(send(inputs)), done)
      )
      return { id: answer.getId(), inputs, outputs: receive(answer.getProperties()).props }
    },
    preview: async (type, name, args) => {
      const inputs = await checked(type, name, args)
      const answer = await call<messages.CreateResponse>((done) =>
        client.create(
          new pb.CreateRequest().setUrn(urnOf(type, name)).setProperties(send(inputs)).setPreview(true),
          done
        )
      )
      return receive(answer.getProperties()).props
    },
    diff: async (type, olds, news) => {
      const answer = await call<messages.DiffResponse>((done) =>
        client.diff(new pb.DiffRequest().setUrn(urnOf(type, 'x')).setOlds(send(olds)).setNews(send(news)), done)
      )
      const details: Record<string, number> = {}
      answer.getDetaileddiffMap().forEach((detail, path) => {
        details[path] = detail.getKind()
      })
      return {
        replaces: answer.getReplacesList(),
        diffs: answer.getDiffsList(),
        deleteBeforeReplace: answer.getDeletebeforereplace(),
        details
      }
    },
    update: async (type, id, olds, news) => {
      const answer = await call<messages.UpdateResponse>((done) =>
        client.update(
          new pb.UpdateRequest().setUrn(urnOf(type, 'x')).setId(id).setOlds(send(olds)).setNews(send(news)),
          done
        )
      )
      return receive(answer.getProperties()).props
    },
    read: async (type, id, state = {}, inputs = {}) => {
      const answer = await call<messages.ReadResponse>((done) =>
        client.read(
          new pb.ReadRequest().setUrn(urnOf(type, 'x')).setId(id).setProperties(send(state)).setInputs(send(inputs)),
          done
        )
      )
      return {
        id: answer.getId(),
        outputs: receive(answer.getProperties()).props,
        inputs: receive(answer.getInputs()).props
      }
    },
    remove: async (type, id, state) => {
      await call((done) =>
        client.delete(new pb.DeleteRequest().setUrn(urnOf(type, 'x')).setId(id).setProperties(send(state)), done)
      )
    },
    invoke: async (token, args) =>
      receive(
        (
          await call<messages.InvokeResponse>((done) =>
            client.invoke(new pb.InvokeRequest().setTok(token).setArgs(send(args)), done)
          )
        ).getReturn()
      ).props,
    close: () => {
      client.close()
    },
    abandon: () => {
      for (const started of running) started.cancel()
      client.close()
    }
  }
}
