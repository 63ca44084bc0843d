import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkSpec } from '../../../src/spec/check.ts'

const spec = (more: object = {}, job: object = {}) => ({
  team: 'vision',
  name: 'training',
  jobs: { default: { image: 'python:3.13', ...job } },
  ...more
})
const pointers = (...args: Parameters<typeof checkSpec>) => checkSpec(...args).map((error) => error.pointer)

describe('checkSpec', () => {
  it('finds nothing in the least spec that works', () => {
    expect(checkSpec(spec())).toEqual([])
  })

  it.each<[string, string, object]>([
    ['a size Fargate does not pair', '/jobs/default/memoryMiB', spec({}, { vcpus: 1, memoryMiB: 512 })],
    ['a memory Fargate does not have', '/jobs/default/memoryMiB', spec({}, { memoryMiB: 700 })],
    ['a task size ECS does not have', '/service/memoryMiB', spec({ service: { cpu: 512, memoryMiB: 512 } })],
    ['a malformed image', '/jobs/default/image', spec({}, { image: 'my image' })],
    ['a malformed image of the service', '/service/image', spec({ service: { image: 'UPPER' } })],
    ['a region AWS does not have', '/region', spec({ region: 'eu-centra-1' })],
    ["a label of AWS's", '/labels/AWS:x', spec({ labels: { 'AWS:x': '1' } })],
    ['a label of ours', '/labels/Batchyard:team', spec({ labels: { 'Batchyard:team': 'x' } })],
    ['a label with a space before it', '/labels/ x', spec({ labels: { ' x': '1' } })],
    [
      "a variable of Batchyard's",
      '/jobs/default/environment/BATCHYARD_BUCKET',
      spec({}, { environment: { BATCHYARD_BUCKET: 'mine' } })
    ],
    [
      "a variable of Batch's",
      '/jobs/default/environment/AWS_BATCH_JOB_ID',
      spec({}, { environment: { AWS_BATCH_JOB_ID: '1' } })
    ],
    [
      'a job definition that is too large',
      '/jobs/default',
      spec({}, { command: Array.from({ length: 6 }, () => 'x'.repeat(4000)) })
    ],
    [
      'an ignored tag that is a label of its own',
      '/driftIgnore/tagKeys/1',
      spec({ labels: { cost: '1' }, driftIgnore: { tagKeys: ['owner', 'cost'] } })
    ],
    [
      'an ignored prefix that covers our tags',
      '/driftIgnore/tagKeyPrefixes/0',
      spec({ driftIgnore: { tagKeyPrefixes: ['batch'] } })
    ],
    [
      'a job wider than its compute',
      '/compute/small/maxVcpus',
      spec({ compute: { small: { maxVcpus: 2 } } }, { vcpus: 4 })
    ],
    [
      'a job wider than its compute by its memory',
      '/compute/small/maxVcpus',
      spec({ compute: { small: { maxVcpus: 2 } } }, { memoryMiB: 32_768 - 4096 })
    ]
  ])('refuses %s', (_, pointer, body) => {
    expect(pointers(body)).toEqual([pointer])
  })

  it('names both of two labels that IAM cannot tell apart', () => {
    expect(pointers(spec({ labels: { Cost: '1', cost: '2' } }))).toEqual(['/labels/Cost', '/labels/cost'])
  })

  it('escapes names in pointers', () => {
    expect(pointers(spec({ labels: { 'aws:a/b~c': '1' } }))).toEqual(['/labels/aws:a~1b~0c'])
  })

  it('measures bytes, not characters', () => {
    expect(checkSpec(spec({}, { environment: { A: 'ü'.repeat(4096), B: 'ü'.repeat(4096) } }))).toEqual([])
    const environment = { A: '€'.repeat(4096), B: '€'.repeat(4096) }
    expect(pointers(spec({}, { environment }))).toEqual(['/jobs/default'])
  })

  it('finds all wrong fields at once', () => {
    const body = spec(
      { region: 'xx-north-9', service: { cpu: 256, memoryMiB: 513 }, labels: { 'aws:x': '' } },
      { image: 'a b', vcpus: 2, memoryMiB: 1 }
    )
    expect(pointers(body)).toEqual([
      '/region',
      '/labels/aws:x',
      '/jobs/default/image',
      '/jobs/default/memoryMiB',
      '/service/memoryMiB'
    ])
  })

  it('says nothing of a field the schema has refused, and still checks the others', () => {
    const body = spec({ region: 'eu-centra-1' }, { vcpus: 3, memoryMiB: 513, image: 'a b' })
    expect(pointers(body, [{ pointer: '/jobs/default/vcpus', message: 'is not a Fargate size' }])).toEqual([
      '/region',
      '/jobs/default/image'
    ])
    expect(
      pointers(body, [
        { pointer: '/region', message: 'wrong' },
        { pointer: '/jobs/default/image', message: 'wrong' }
      ])
    ).toEqual(['/jobs/default/memoryMiB'])
  })

  it('checks every entry of a map that has too many', () => {
    const jobs = { one: { image: 'A' }, two: { image: 'B' } }
    expect(pointers({ jobs }, [{ pointer: '/jobs', message: 'holds one entry' }])).toEqual([
      '/jobs/one/image',
      '/jobs/two/image'
    ])
  })

  it('leaves the entries of an open map alone that has too many', () => {
    const many = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 24_000 }, (_, index) => [`${prefix}${index}`, 'x']))
    const tooMany = (pointer: string) => [{ pointer, message: 'must have fewer' }]
    expect(pointers(spec({ labels: many('aws:'), region: 'eu-centra-1' }), tooMany('/labels'))).toEqual(['/region'])
    expect(pointers(spec({}, { environment: many('AWS_BATCH_') }), tooMany('/jobs/default/environment'))).toEqual([])
  })

  it('checks the labels beside one the schema has refused', () => {
    expect(
      pointers(spec({ labels: { ';': '1', 'aws:x': '1' } }), [{ pointer: '/labels/;', message: 'is not a field' }])
    ).toEqual(['/labels/aws:x'])
  })

  it('compares each compute environment with the widest job only', () => {
    const jobs = { narrow: { image: 'a', vcpus: 4 }, wide: { image: 'a', vcpus: 16 }, other: { image: 'a', vcpus: 8 } }
    expect(
      checkSpec(spec({ jobs, compute: { aa: { maxVcpus: 1 }, bb: { maxVcpus: 8 }, cc: { maxVcpus: 16 } } })).map(
        (error) => [error.pointer, error.message]
      )
    ).toEqual([
      ['/compute/aa/maxVcpus', 'is less than the 16 vCPU of a job of "wide", which could never start'],
      ['/compute/bb/maxVcpus', 'is less than the 16 vCPU of a job of "wide", which could never start']
    ])
  })

  it('names all labels that IAM cannot tell apart, each with another of them', () => {
    const found = checkSpec(spec({ labels: { Cost: '1', cost: '2', COST: '3', price: '4' } }))
    expect(found.map(({ pointer }) => pointer)).toEqual(['/labels/Cost', '/labels/cost', '/labels/COST'])
    for (const { pointer, message } of found) expect(message).not.toContain(`"${pointer.slice('/labels/'.length)}"`)
  })

  it('reads a body of any shape', () => {
    fc.assert(fc.property(fc.jsonValue(), (body) => { expect(Array.isArray(checkSpec(body))).toBe(true) }))
    const shape = fc.oneof(fc.jsonValue(), fc.constant({}))
    const wild = fc.record({
      region: shape,
      labels: shape,
      jobs: fc.oneof(
        shape,
        fc.dictionary(
          fc.string(),
          fc.record({ image: shape, vcpus: shape, memoryMiB: shape, command: shape, environment: shape })
        )
      ),
      service: shape,
      network: shape,
      compute: shape
    })
    fc.assert(
      fc.property(wild, (body) => {
        expect(Array.isArray(checkSpec(body, [], { region: 'eu-central-1' }))).toBe(true)
      })
    )
  })
})

describe('checkSpec with the team\'s placement', () => {
  const groups = { network: { securityGroups: ['sg-0000000a'] } }
  const placed = { region: 'eu-central-1', network: { subnets: ['subnet-0000000a'] } }

  it('refuses security groups where no subnets say which VPC is meant', () => {
    expect(pointers(spec(groups), [], { region: 'eu-central-1' })).toEqual(['/network/securityGroups'])
    expect(pointers(spec(groups), [], placed)).toEqual([])
    expect(pointers(spec({ ...groups, region: 'eu-west-1' }), [], placed)).toEqual(['/network/securityGroups'])
    expect(
      pointers(spec({ network: { ...groups.network, subnets: ['subnet-0000000b'] } }), [], { region: 'eu-central-1' })
    ).toEqual([])
  })

  it('refuses a private registry of another partition', () => {
    const image = '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a'
    expect(pointers(spec({}, { image }), [], placed)).toEqual(['/jobs/default/image'])
    expect(pointers(spec({}, { image }), [], { region: 'cn-north-1' })).toEqual([])
  })

  it('refuses a region of another partition', () => {
    expect(pointers(spec({ region: 'cn-north-1' }), [], placed)).toEqual(['/region'])
    expect(pointers(spec({ region: 'eu-west-1' }), [], placed)).toEqual([])
  })
})
