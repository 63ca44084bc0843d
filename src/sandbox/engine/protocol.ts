import { createRequire } from 'node:module'
import type { Struct } from 'google-protobuf/google/protobuf/struct_pb.js'
import type { Empty } from 'google-protobuf/google/protobuf/empty_pb.js'

// The stubs the SDK ships check `instanceof` against the google-protobuf that the SDK resolves, which may be another
// copy than this project's; both message classes must come from there.
const sdkRequire = createRequire(createRequire(import.meta.url).resolve('@pulumi/pulumi/proto/provider_pb.js'))

const structs = sdkRequire('google-protobuf/google/protobuf/struct_pb.js') as { Struct: typeof Struct }
const empties = sdkRequire('google-protobuf/google/protobuf/empty_pb.js') as { Empty: typeof Empty }

export const StructMessage = structs.Struct
export const EmptyMessage = empties.Empty

/** The SDK's own limit, so that what it may send can also be sent on (`runtime/settings.js`: 400 MiB). */
export const channelOptions = {
  'grpc.max_receive_message_length': 400 * 1024 * 1024,
  'grpc.max_send_message_length': 400 * 1024 * 1024
}
