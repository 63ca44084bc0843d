import { Type, type Static } from 'typebox'

const text = (options: object) => Type.String({ minLength: 1, ...options })

/** Every setting, its default and its meaning. The table in docs/settings.md is generated from this. */
export const SETTINGS = Type.Object({
  BATCHYARD_HOST: text({ default: '127.0.0.1', description: 'Address to listen on' }),
  BATCHYARD_PORT: Type.Integer({
    default: 8080,
    minimum: 0,
    maximum: 65535,
    description: 'Port to listen on; `0` takes a free one, the log line `listening` says which'
  }),
  BATCHYARD_DATA: text({
    default: './data',
    description: "Folder of the database, state, work directories and the sandbox's world"
  }),
  BATCHYARD_CLOUD: Type.Optional(
    Type.Enum(['sandbox', 'aws'], {
      description: '`sandbox` (simulated) or `aws`. Default `sandbox`; with `NODE_ENV=production` it must be set'
    })
  ),
  BATCHYARD_ENGINE: Type.Enum(['auto', 'pulumi', 'sandbox'], {
    default: 'auto',
    description: '`pulumi` (the real CLI), `sandbox` (simulated), or `auto`: the real CLI if it is found'
  }),
  BATCHYARD_PULUMI_ROOT: Type.Optional(
    text({ description: 'Folder whose `bin/pulumi` is the engine; else PATH is searched' })
  ),
  BATCHYARD_ROLE: Type.Enum(['all', 'api', 'worker'], {
    default: 'all',
    description:
      '`api` answers requests, `worker` runs operations (and answers probes and `/metrics` only), `all` does ' +
        'both. `api` and `worker` need `DATABASE_URL`'
  }),
  BATCHYARD_SANDBOX_SPEED: Type.Number({
    default: 0.1,
    minimum: 0,
    maximum: 10,
    description: 'Factor on the simulated durations: `0` at once, `1` as long as AWS takes'
  }),
  BATCHYARD_WORKER_CONCURRENCY: Type.Integer({
    default: 4,
    minimum: 1,
    maximum: 64,
    description: 'Operations a worker runs at once, as far as its memory allows'
  }),
  BATCHYARD_WORKER_MEMORY_MIB: Type.Optional(
    Type.Integer({
      minimum: 512,
      maximum: 16777216,
      description:
        'Memory for a worker and all it starts, MiB; it runs no more operations at once than fit (about 310 each ' +
          'in the sandbox, 740 on AWS). Default: what the container may use, or the machine has'
    })
  ),
  BATCHYARD_TEAM_CONCURRENCY: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 10000,
    description:
      "Changes of one team's environments that run at once, on all workers together; `0`: no limit. " +
      'Previews and drift checks are not held up by it. The same on every worker'
  }),
  BATCHYARD_HOST_GONE_SECONDS: Type.Integer({
    default: 600,
    minimum: 121,
    maximum: 86400,
    description:
      'Seconds after which a host whose workers are silent counts as gone, and its operations go to other hosts. ' +
        'Exceeds `BATCHYARD_INTERRUPT_SECONDS` by 120 or more: by then a worker without its database has ended its ' +
        'engines. The same on every worker'
  }),
  BATCHYARD_OPERATION_DEADLINE_SECONDS: Type.Integer({
    default: 3600,
    minimum: 10,
    maximum: 43200,
    description: 'Seconds after which a run is ended by force'
  }),
  BATCHYARD_RETRY_LIMIT: Type.Integer({
    default: 5,
    minimum: 0,
    maximum: 20,
    description:
      'How often a worker tries an operation again that failed for a passing reason: throttling, a role not ' +
        'visible yet, a resource still in use'
  }),
  BATCHYARD_RETRY_SECONDS: Type.Number({
    default: 8,
    minimum: 0,
    maximum: 600,
    description:
      'About how long it waits before the first of these tries; doubled each time up to 120, plus or minus half'
  }),
  BATCHYARD_EVENT_DAYS: Type.Integer({
    default: 30,
    minimum: 1,
    maximum: 3650,
    description:
      'Days for which the events of an operation that ended can be read, and previews and drift checks altogether'
  }),
  BATCHYARD_DELETED_DAYS: Type.Integer({
    default: 90,
    minimum: 1,
    maximum: 3650,
    description: 'Days for which a deleted environment and its operations can be read'
  }),
  BATCHYARD_RUNNER_MEMORY_MIB: Type.Integer({
    default: 512,
    minimum: 128,
    maximum: 16384,
    description: 'Heap limit of a runner, MiB'
  }),
  BATCHYARD_RUNNER_RUNS: Type.Integer({
    default: 25,
    minimum: 1,
    maximum: 10000,
    description: 'Runs after which a runner is replaced'
  }),
  BATCHYARD_STOP_SECONDS: Type.Integer({
    default: 25,
    minimum: 1,
    maximum: 3600,
    description: 'Seconds a stop waits for running engines to finish what they have in flight'
  }),
  BATCHYARD_INTERRUPT_SECONDS: Type.Integer({
    default: 180,
    minimum: 1,
    maximum: 3600,
    description:
      'Seconds an engine that is asked to stop has for the calls it has in flight, before it is told to ' +
        'terminate; AWS takes up to 120 to delete a queue or compute environment'
  }),
  BATCHYARD_STATE_URL: Type.Optional(
    text({
      pattern: '^(file|s3|postgres)://',
      description: 'Pulumi state backend. Default: a folder under `BATCHYARD_DATA`'
    })
  ),
  BATCHYARD_PASSPHRASE_FILE: Type.Optional(
    text({
      description:
        "File with the passphrase of the state's secrets; made with mode 0600 under `BATCHYARD_DATA` if unset"
    })
  ),
  BATCHYARD_ADMIN_KEY: Type.Optional(
    Type.String({
      minLength: 24,
      maxLength: 256,
      pattern: '^[A-Za-z0-9_.~+/=-]+$',
      description:
        'First admin key, 24 characters or more. Without any key the service starts only in the sandbox on a ' +
          'loopback address'
    })
  ),
  DATABASE_URL: Type.Optional(
    text({
      pattern: '^postgres(ql)?://',
      description: 'Postgres 15 or later. Default: an embedded database under `BATCHYARD_DATA`'
    })
  ),
  BATCHYARD_LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], {
    default: 'info',
    description: 'Least level that is logged'
  })
})
export type Settings = Static<typeof SETTINGS>
