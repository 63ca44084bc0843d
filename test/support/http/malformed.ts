import type { RawRequest } from './raw.ts'

/** A request that must be refused, and what is wrong with it. */
export interface Malformed { readonly what: string, readonly request: RawRequest }

const IMAGE = 'public.ecr.aws/docker/library/python:3.13'
const JSON_TYPE = { 'content-type': 'application/json' }
const JOB = { image: IMAGE }
const UNKNOWN_ENVIRONMENT = `env_0${'0'.repeat(25)}`
const UNKNOWN_OPERATION = `op_0${'0'.repeat(25)}`

const json = (method: string, path: string, body: unknown): RawRequest =>
  ({ method, path, headers: JSON_TYPE, body: JSON.stringify(body) })
const written = (body: string | Buffer): RawRequest => ({
  method: 'POST',
  path: '/environments',
  headers: JSON_TYPE,
  body
})
const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? String(value)

/** Specs that are right but for the fields given. */
const specs = (where: string, build: (value: unknown) => object, values: readonly unknown[]): Malformed[] =>
  values.map((value) => ({
    what: `${where} ${show(value)}`,
    request: json('POST', '/environments', {
      team: 'vision',
      name: 'training',
      jobs: { default: JOB },
      ...build(value)
    })
  }))

const job = (name: string, values: readonly unknown[]): Malformed[] =>
  specs(`jobs.${name}`, (value) => ({ jobs: { default: { ...JOB, [name]: value } } }), values)
const service = (name: string, values: readonly unknown[]): Malformed[] =>
  specs(`service.${name}`, (value) => ({ service: { [name]: value } }), values)
const network = (name: string, values: readonly unknown[]): Malformed[] =>
  specs(`network.${name}`, (value) => ({ network: { subnets: ['subnet-0a1b2c3d'], [name]: value } }), values)

const NOT_SLUGS = [
  '',
  'a',
  'A1',
  'Vision!',
  '1st',
  '-a',
  'a-',
  'ünï',
  'a b',
  'a'.repeat(33),
  'a\u0000b',
  '../etc',
  'a\n',
  '__proto__',
  7,
  null,
  {},
  []
]
const NOT_IMAGES = [
  '',
  'has a space',
  'UPPER/case',
  'a'.repeat(256),
  'https://host/image',
  'image:',
  'image:-tag',
  'image@sha256:12',
  'localhost/image',
  'a//b',
  'host:99999/image',
  '123456789012.dkr.ecr.mars-north-1.amazonaws.com/a',
  'image\u0000',
  'image;rm',
  '$(id)',
  'имя',
  1,
  null,
  [],
  {}
]

const fieldsOfSpecs = (): Malformed[] => [
  ...specs('team', (team) => ({ team }), NOT_SLUGS),
  ...specs('name', (name) => ({ name }), NOT_SLUGS),
  ...specs('region', (region) => ({ region }), [
    'mars-north-1',
    'eu-central-99',
    'EU-CENTRAL-1',
    '',
    'cn-north-1',
    3,
    null
  ]),
  ...specs('labels', (labels) => ({ labels }), [
    { 'aws:owner': 'x' },
    { 'AWS:owner': 'x' },
    { '': 'x' },
    { ['k'.repeat(129)]: 'x' },
    { k: 'v'.repeat(257) },
    { k: 1 },
    { k: null },
    { 'k\u0000': 'x' },
    { k: 'semi;colon' },
    { 'batchyard:team': 'x' },
    Object.fromEntries(Array.from({ length: 41 }, (_, n) => [`key-${n}`, 'x'])),
    [],
    'x',
    null
  ]),
  ...specs('compute', (compute) => ({ compute }), [
    {},
    { a1: {}, b1: {} },
    { A: {} },
    { default: { type: 'EC2' } },
    { default: { maxVcpus: 0 } },
    { default: { maxVcpus: 1.5 } },
    { default: { maxVcpus: 100_001 } },
    { default: { maxVcpus: '8' } },
    { default: { other: 1 } },
    { default: null },
    [],
    null
  ]),
  ...specs('queues', (queues) => ({ queues }), [
    {},
    { a1: {}, b1: {} },
    { default: { priority: -1 } },
    { default: { priority: 1001 } },
    { default: { priority: '1' } },
    { default: { other: 1 } },
    'x'
  ]),
  ...specs('jobs', (jobs) => ({ jobs }), [
    {},
    { a1: JOB, b1: JOB },
    { default: {} },
    { default: null },
    { default: { ...JOB, privileged: true } },
    { '': JOB },
    [],
    null
  ]),
  ...specs('text that no database keeps in', (more) => more as object, [
    { labels: { k: '\ud800' } },
    { labels: { '\udc00': 'x' } },
    { 'a\u0000b': 1 },
    { '\ud800': 1 },
    { other: ['\ud83d'] },
    { other: { deep: [{ 'a\u0000': '\u0000' }] } }
  ]),
  ...specs('logs', (logs) => ({ logs }), [
    { retentionDays: 2 },
    { retentionDays: '30' },
    { retentionDays: -1 },
    { level: 'debug' },
    null
  ]),
  ...specs('unknown field', (value) => ({ [String(value)]: 1 }), [
    'other',
    'constructor',
    '__proto__x',
    'Team',
    'a/b~c'
  ])
]

const fieldsOfParts = (): Malformed[] => [
  ...job('image', NOT_IMAGES),
  ...job('vcpus', [0, 0.3, 3, 32, -1, '1', null]),
  ...job('memoryMiB', [256, 513, 122_881, -512, 1e308, '512', null]),
  ...job('command', [
    'echo',
    [1],
    [null],
    Array(257).fill('x'),
    ['x'.repeat(4097)],
    Array(6).fill('x'.repeat(4096)),
    ['a\u0000b'],
    ['\ud800'],
    ['ok', '\udc00\ud800'],
    null
  ]),
  ...job('environment', [
    { '1A': 'x' },
    { 'A-B': 'x' },
    { A: 1 },
    { A: '' },
    { AWS_BATCH_X: 'x' },
    { BATCHYARD_X: 'x' },
    { A: 'x'.repeat(4097) },
    { A: '\ud800' },
    { A: 'a\u0000' },
    [],
    null
  ]),
  ...job('timeoutSeconds', [59, 1_209_601, 60.5, '60']),
  ...job('attempts', [0, 11, 1.5, '3']),
  ...service('image', NOT_IMAGES.slice(0, 5)),
  ...service('cpu', [100, 0, '256']),
  ...service('memoryMiB', [511, 513, null]),
  ...service('desiredCount', [-1, 5001, 0.5, '1']),
  ...network('subnets', [
    [],
    ['subnet-1'],
    ['sg-0a1b2c3d'],
    ['subnet-0a1b2c3d', 'subnet-0a1b2c3d'],
    'subnet-0a1b2c3d',
    [1]
  ]),
  ...network('securityGroups', [
    [],
    ['sg-xyz'],
    ['subnet-0a1b2c3d'],
    Array.from({ length: 6 }, (_, n) => `sg-0a1b2c3${n}`)
  ]),
  ...network('assignPublicIp', ['yes', 1, null]),
  ...network('other', [1])
]

const bodies = (): Malformed[] => [
  ...[
    '',
    ' ',
    '{',
    '[',
    'null',
    '[]',
    '"text"',
    '1',
    'true',
    '{"team":}',
    "{'team':'vision'}",
    '{"team":"vision"',
    '{"a":1}{"b":2}',
    '{"team":"vi\u0000sion"}',
    '\u0000',
    '1e999',
    '{"jobs":1e999}',
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '\u{1f4a9}',
    '{}'
  ].map((body) => ({ what: `body ${show(body)}`, request: written(body) })),
  { what: 'body of bytes that are no text', request: written(Buffer.from([0xff, 0xfe, 0x00, 0x80])) },
  { what: 'body that nests 20,000 deep', request: written('['.repeat(20_000) + ']'.repeat(20_000)) },
  { what: 'body with a deep object', request: written(`{"labels":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`) },
  { what: 'body of 300 KiB', request: written(JSON.stringify({ team: 'x'.repeat(300 * 1024) })) },
  { what: 'no body', request: { method: 'POST', path: '/environments' } },
  { what: 'no body, typed', request: { method: 'POST', path: '/environments', headers: JSON_TYPE } },
  ...[
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'nonsense',
    'application/jsonx'
  ].map((type) => ({
    what: `media type ${type}`,
    request: { method: 'POST', path: '/environments', headers: { 'content-type': type }, body: '{"team":"vision"}' }
  }))
]

const paths = (): Malformed[] => [
  ...[
    '/environments?limit=0',
    '/environments?limit=201',
    '/environments?limit=x',
    '/environments?limit=1.5',
    '/environments?limit=1&limit=2',
    '/environments?cursor=',
    '/environments?cursor=%21',
    '/environments?cursor=abc',
    `/environments?cursor=${'a'.repeat(300)}`,
    '/environments?phase=other',
    '/environments?team=A',
    '/environments?name=%00',
    '/environments?other=1',
    '/teams?cursor=abc',
    '/teams?limit=-1',
    '/teams/A',
    '/teams/unknown',
    '/environments/x',
    '/environments/env_',
    `/environments/${'x'.repeat(600)}`,
    `/environments/${UNKNOWN_ENVIRONMENT}`,
    `/environments/${UNKNOWN_ENVIRONMENT}/outputs`,
    `/environments/${UNKNOWN_OPERATION}`,
    '/environments/..%2f..%2fetc',
    '/environments/%00',
    '/operations/x',
    `/operations/${UNKNOWN_OPERATION}`,
    `/operations/${UNKNOWN_OPERATION}/events`,
    `/operations/${UNKNOWN_OPERATION}/events?after=-1`,
    '/operations/x/events?after=x',
    ...['99999999999', '2147483648', '1e300', '0.5', '%00'].map(
      (after) => `/operations/${UNKNOWN_OPERATION}/events?after=${after}`
    ),
    '/environments/%zz',
    '/%',
    '/%E0%A4%A',
    '/nothing',
    '/nothing/at/all',
    '//',
    `/${'x'.repeat(8_000)}`,
    '/sandbox/resources?account=1',
    '/sandbox/resources?other=1',
    '/sandbox/resources?name=%00',
    '/sandbox/resources?tag=a%00=b',
    '/sandbox/resources/a%00b',
    '/sandbox/buckets/no-such-bucket/objects',
    '/sandbox/resources/nothing'
  ].map((path) => ({ what: `GET ${path.slice(0, 80)}`, request: { path } })),
  ...['PUT', 'PATCH', 'DELETE'].map((method) => ({
    what: `${method} /environments`,
    request: { method, path: '/environments' }
  })),
  ...['POST', 'DELETE', 'PATCH'].map((method) => ({
    what: `${method} /operations/…`,
    request: { method, path: `/operations/${UNKNOWN_OPERATION}` }
  })),
  {
    what: 'DELETE of an unknown environment',
    request: { method: 'DELETE', path: `/environments/${UNKNOWN_ENVIRONMENT}` }
  },
  { what: 'DELETE of an unknown key', request: { method: 'DELETE', path: '/keys/key_x' } },
  {
    what: 'a stream of an unknown operation',
    request: { path: `/operations/${UNKNOWN_OPERATION}/events`, headers: { accept: 'text/event-stream' } }
  }
]

const others = (): Malformed[] => [
  ...[
    {},
    [],
    { placement: {} },
    { placement: { region: 'mars-north-1' } },
    { placement: { region: 'eu-central-1', accountId: '1' } },
    { placement: { region: 'eu-central-1', roleArn: 'x' } },
    { placement: { region: 'eu-central-1', other: 1 } },
    { placement: { region: 'eu-central-1' }, guardrails: { regions: 'x' } },
    { placement: { region: 'eu-central-1' }, guardrails: { subnets: ['x'] } },
    { placement: { region: 'eu-central-1', network: { securityGroups: ['sg-0a1b2c3d'] } } },
    { placement: { region: 'eu-central-1', accountId: '123456789012', roleArn: 'arn:aws:iam::210987654321:role/r' } },
    { placement: { region: 'eu-central-1', externalId: 'a\u0000b' } },
    { placement: { region: 'eu-central-1', externalId: '\ud800\ud800' } },
    { placement: { region: 'eu-central-1' }, guardrails: { regions: ['\u0000'] } }
  ].map((body) => ({ what: `team ${show(body)}`, request: json('PUT', '/teams/vision', body) })),
  ...[
    {},
    { name: 'k' },
    { name: '', scope: 'admin' },
    { name: 'k', scope: 'root' },
    { name: 'k', scope: 'team' },
    { name: 'k', scope: 'admin', team: 'vision' },
    { name: 'k', scope: 'team', team: 'nobody' },
    { name: 'a\u0000b', scope: 'admin' },
    { name: '\ud800', scope: 'admin' },
    { name: 'k', scope: 'team', team: 'a\u0000b' }
  ].map((body) => ({ what: `key ${show(body)}`, request: json('POST', '/keys', body) })),
  ...[
    {},
    { kind: 'x', on: 'create' },
    { kind: 'fail', on: 'create', nth: 0 },
    { kind: 'hang', on: 'x' },
    { kind: 'hide', on: 'delete' },
    { kind: 'fail', on: 'create', httpStatus: 200 },
    { kind: 'fail', on: 'create', message: 'a\u0000' },
    { kind: 'fail', on: 'create', namePrefix: '\udfff' }
  ].map((body) => ({ what: `fault ${show(body)}`, request: json('POST', '/sandbox/faults', body) })),
  {
    what: 'a size of an object by a key with a NUL',
    request: json('PUT', '/sandbox/buckets/bucket/objects/a%00b', { size: 1 })
  },
  {
    what: 'properties with a NUL',
    request: json('PATCH', '/sandbox/resources/nothing', { properties: { a: '\u0000' } })
  },
  {
    what: 'properties that nest 10,000 deep',
    request: {
      method: 'PATCH',
      path: '/sandbox/resources/nothing',
      headers: JSON_TYPE,
      body: `{"properties":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`
    }
  }
]

const numbered = (count: number, name: (number: string) => string, value: unknown): object =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index.toString(36)), value]))

/** As many wrong fields as a body has room for: no answer may grow with them. */
const floods = (): Malformed[] =>
  [
    ['labels', { labels: numbered(10_000, (n) => `k${n}`, 'x') }],
    ['labels of a wrong form', { labels: numbered(10_000, (n) => `;${n}`, 'x') }],
    ['labels of wrong values', { labels: numbered(10_000, (n) => `k${n}`, 1) }],
    [
      'labels that differ in case',
      { labels: { ...numbered(5_000, (n) => `k${n}`, 'x'), ...numbered(5_000, (n) => `K${n}`, 'x') } }
    ],
    ['fields', numbered(10_000, (n) => `other${n}`, 1)],
    ['texts with a NUL', { other: Array(10_000).fill('\u0000') }],
    [
      'environment variables',
      { jobs: { default: { ...JOB, environment: numbered(10_000, (n) => `AWS_BATCH_${n}`, '') } } }
    ],
    [
      'jobs, each too wide for each compute environment',
      {
        jobs: numbered(2_000, (n) => `k${n}`, { ...JOB, vcpus: 16 }),
        compute: numbered(2_000, (n) => `k${n}`, { maxVcpus: 1 })
      }
    ],
    ['commands', { jobs: { default: { ...JOB, command: Array(50_000).fill(1) } } }]
  ].map(([what, more]) => ({
    what: `a flood of ${String(what)}`,
    request: json('POST', '/environments', {
      team: 'vision',
      name: 'training',
      jobs: { default: JOB },
      ...(more as object)
    })
  }))

/** Malformed requests of every kind; none may be answered but by 4xx, none may leave a trace. */
export const MALFORMED: readonly Malformed[] = [
  ...fieldsOfSpecs(),
  ...fieldsOfParts(),
  ...bodies(),
  ...paths(),
  ...others(),
  ...floods()
]

/** Bytes that are no request, or one that no server takes. */
export const GARBAGE: Readonly<Record<string, string>> = {
  'no HTTP at all': 'hello\r\n\r\n',
  'a TLS hello': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'an unknown method': 'BREW /environments HTTP/1.1\r\nhost: a\r\n\r\n',
  'a header without a name': 'GET /livez HTTP/1.1\r\nhost: a\r\n: x\r\n\r\n',
  'a header with a control character': 'GET /livez HTTP/1.1\r\nhost: a\r\nx: a\x00b\r\n\r\n',
  'headers of 40 KiB': `GET /livez HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
  'a path of 40 KiB': `GET /${'y'.repeat(40_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
  'a length that is no number': 'POST /environments HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n',
  'a length and chunks':
    'POST /environments HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  'a chunk of no size':
    'POST /environments HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n' +
    'transfer-encoding: chunked\r\n\r\nzz\r\n'
}
