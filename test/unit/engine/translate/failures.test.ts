import { expect, test } from 'vitest'
import {
  classifyFailure,
  EventRecord,
  ofStorage,
  type FailureEvidence,
  type FailureReason
} from '../../../../src/engine/translate/failures.ts'

const queue = {
  urn: 'urn:pulumi:env::batchyard::aws:batch/jobQueue:JobQueue::queue',
  type: 'aws:batch/jobQueue:JobQueue',
  name: 'queue'
}
const bucket = {
  urn: 'urn:pulumi:env::batchyard::aws:s3/bucket:Bucket::bucket',
  type: 'aws:s3/bucket:Bucket',
  name: 'bucket'
}

const FAILED: FailureReason = { cause: 'failed', detail: '' }

const classified = (evidence: Partial<FailureEvidence>, reason = FAILED) =>
  classifyFailure(reason, { errors: [], failed: [], inFlight: [], text: '', programError: undefined, ...evidence })

const refused = (message: string) => classified({ failed: [queue], errors: [{ message, urn: queue.urn }] })

test.each([
  ['Fargate resource requirements (1.00 vCPU, 4000 MiB) not valid.', 'cloud-rejected', false],
  ['vCPU is not provided.', 'cloud-rejected', false],
  ['No Fargate configuration exists for given values: 512 CPU, 512 memory', 'cloud-rejected', false],
  ["The 'memory' setting for container app is greater than for the task", 'cloud-rejected', false],
  ['minvCpus is not applicable for Fargate', 'cloud-rejected', false],
  [
    "The following parameters can't be updated for Fargate compute environment: type, updatePolicy",
    'cloud-rejected',
    false
  ],
  ['ClientException: Cannot delete, found existing JobQueue relationship', 'in-use', true],
  [
    'CLIENT_ERROR - User: batch.amazonaws.com is not authorized to perform: sts:AssumeRole on resource arn:aws:iam::1:role/x',
    'access-denied',
    false
  ],
  ['ClientException: Object already exists', 'name-conflict', false],
  [
    'ClientException: Limit exceeded: account 123456789012 already has the maximum of 50 compute environments in eu-west-1',
    'quota-exceeded',
    false
  ],
  ['InvalidParameterException: you must force a new deployment', 'cloud-rejected', false],
  ['There are no capacity providers with a weight value greater than zero', 'cloud-rejected', false],
  ['Unable to assume the service linked role', 'cloud-rejected', true],
  ['Unable to Start a service that is still Draining', 'in-use', true],
  ['ClusterContainsServicesException: The Cluster cannot be deleted while Services are active.', 'in-use', true],
  ['UpdateInProgressException: busy', 'in-use', true],
  ['BucketAlreadyExists: the name is taken', 'name-conflict', false],
  ['BucketAlreadyOwnedByYou: yours', 'name-conflict', false],
  ['api error BucketNotEmpty: The bucket you tried to delete is not empty', 'bucket-not-empty', false],
  ['api error OperationAborted: A conflicting conditional operation is currently in progress', 'in-use', true],
  ['EntityAlreadyExists: Role with name x already exists.', 'name-conflict', false],
  ['MalformedPolicyDocument: Invalid principal in policy', 'cloud-rejected', true],
  ['DeleteConflict: Cannot delete entity, must delete policies first.', 'in-use', true],
  ['LimitExceeded: Cannot exceed quota for RolesPerAccount: 1000', 'quota-exceeded', false],
  ['api error AccessDenied: Access Denied', 'access-denied', false],
  ['AccessDeniedException: User is not authorized to perform: iam:PassRole', 'access-denied', false],
  ['api error UnauthorizedOperation: You are not authorized', 'access-denied', false],
  ["api error InvalidSubnetID.NotFound: The subnet ID 'subnet-1' does not exist", 'not-found-in-cloud', false],
  ['api error InvalidGroup.NotFound: The security group does not exist', 'not-found-in-cloud', true],
  ['DependencyViolation: resource sg-1 has a dependent object', 'in-use', true],
  ['VpcLimitExceeded: 5', 'quota-exceeded', false],
  ['api error Throttling: Rate exceeded', 'throttled', true],
  ['TooManyRequestsException: slow down', 'throttled', true],
  ['api error RequestLimitExceeded: Request limit exceeded.', 'throttled', true],
  ['ServiceUnavailable: try later', 'cloud-unavailable', true],
  ['ServerException: fault', 'cloud-unavailable', true],
  ['read tcp 10.0.0.1:1: connection reset by peer', 'cloud-unavailable', true],
  ['ExpiredToken: The security token included in the request is expired', 'credentials-invalid', false],
  ['InvalidClientTokenId: The security token included in the request is invalid', 'credentials-invalid', false],
  ['SignatureDoesNotMatch: Signature not yet current', 'credentials-invalid', false]
])('what AWS says about a resource is reported and classified: %s', (message, code, retryable) => {
  const wrapped = `creating Batch Job Queue (q): operation error Batch: CreateJobQueue, https response error StatusCode: 400, RequestID: 6c1f0b1e-77, ${message}`
  const error = refused(`  sdk-v2/provider2.go:572: sdk.helper_schema: ${wrapped}: provider=aws@7.48.0`)
  expect(error).toMatchObject({
    code,
    retryable,
    resource: queue,
    cloudRequestId: '6c1f0b1e-77',
  })
  expect(error.detail).toBe(`aws:batch/jobQueue:JobQueue queue: ${wrapped}`)
})

test.each([
  ['ClientException: Cannot delete, found existing JobQueue relationship', 'in-use'],
  ['DependencyViolation: resource sg-1 has a dependent object', 'in-use'],
  ['DeleteConflict: Cannot delete entity, must detach all policies first.', 'in-use'],
  ['api error OperationAborted: A conflicting conditional operation is currently in progress', 'in-use'],
  ['Unable to Start a service that is still Draining', 'in-use'],
  ['api error Throttling: Rate exceeded', 'throttled'],
  ['ServerException: fault', 'cloud-unavailable'],
  [
    'InvalidParameterException: Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
    'cloud-rejected'
  ],
  ['ClientException: The service-linked role AWSServiceRoleForBatch does not exist', 'cloud-rejected'],
  ['InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda.', 'cloud-rejected'],
  [
    'InvalidParameterException: ECS was unable to assume the role arn:aws:iam::1:role/x that was provided for this task.',
    'cloud-rejected'
  ],
  ['MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:aws:iam::1:role/x"', 'cloud-rejected'],
  ['ClientException: Object already exists, and is DELETING', 'name-conflict'],
  ['NoSuchEntity: The role with name batchyard-x-execution cannot be found.', 'not-found-in-cloud'],
  ['ClusterNotFoundException: Cluster not found.', 'not-found-in-cloud'],
  [
    "unexpected state 'INVALID', wanted target 'DELETED'. last error: CLIENT_ERROR - The compute environment has active jobs",
    'in-use'
  ]
])('what passes by itself is tried again: %s', (message, code) => {
  expect(refused(message)).toMatchObject({ code, transient: true, retryable: true })
})

test.each([
  ['ClientException: Object already exists', 'name-conflict'],
  [
    'CLIENT_ERROR - User: batch.amazonaws.com is not authorized to perform: sts:AssumeRole on resource arn:aws:iam::1:role/x',
    'access-denied'
  ],
  ['IAM Role (arn:aws:iam::1:role/provisioner) cannot be assumed.', 'cloud-rejected'],
  ['Fargate resource requirements (1.00 vCPU, 4000 MiB) not valid.', 'cloud-rejected'],
  ['api error BucketNotEmpty: The bucket you tried to delete is not empty', 'bucket-not-empty'],
  ['LimitExceeded: Cannot exceed quota for RolesPerAccount: 1000', 'quota-exceeded'],
  ['ExpiredToken: The security token included in the request is expired', 'credentials-invalid']
])('what stays as it is is not tried again: %s', (message, code) => {
  expect(refused(message)).toMatchObject({ code, transient: false, retryable: false })
})

test.each([
  [
    'error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.',
    'state-locked'
  ],
  ['error: getting secrets manager: incorrect passphrase', 'state-unreadable'],
  ['error: failed to load checkpoint: /state/env.json is not JSON', 'state-corrupt'],
  ['error: snapshot integrity failure; it was already written, but is invalid', 'state-corrupt'],
  ['error: EFBIG: file too large, write', 'storage-full'],
  ['error: saving checkpoint: write /state/env.json: no space left on device', 'storage-full'],
  [
    'error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables',
    'state-unreadable'
  ],
  [
    "error: no resource plugin 'pulumi-resource-aws' found in the workspace at version v7.48.0 or on your $PATH",
    'plugin-missing'
  ],
  ['error: the sandbox engine does not implement method calls (x)', 'engine-unsupported'],
  ['panic: something odd', 'engine-failed']
])('what the engine says outside of events is classified: %s', (text, code) => {
  const error = classified({ text: `warning: beside the point\n${text}\n` })
  expect(error.code).toBe(code)
  expect(error.detail).not.toMatch(/^error:/)
})

test('several failed resources make one line each, the most telling first, and the engine\'s own verdict none', () => {
  const odd = 'creating urn:pulumi:env::x::aws:batch/jobQueue:JobQueue::queue: 1 error occurred:\n\t* creating queue: odd'
  const error = classified({
    failed: [queue, bucket],
    errors: [
      { message: `1 error occurred:\n\t* ${odd}`, urn: queue.urn },
      { message: 'creating bucket: BucketAlreadyExists: taken', urn: bucket.urn },
      { message: 'update failed', urn: 'urn:pulumi:env::batchyard::pulumi:pulumi:Stack::batchyard-env' }
    ]
  })
  expect(error).toMatchObject({ code: 'name-conflict', resource: bucket })
  expect(error.detail.split('\n')).toEqual([
    'aws:s3/bucket:Bucket bucket: creating bucket: BucketAlreadyExists: taken',
    'aws:batch/jobQueue:JobQueue queue: creating queue: odd'
  ])
})

test("a program's refusal has its code, a failed look-up the cloud's meaning, the rest is a defect", () => {
  const program = (programError: string) =>
    classified({ programError, errors: [{ message: `Unhandled exception: ${programError}` }] })
  expect(program('[default-vpc-missing] eu-west-1 has none')).toMatchObject({
    code: 'default-vpc-missing',
    detail: 'eu-west-1 has none'
  })
  expect(program('[no-such-code] hm')).toMatchObject({ code: 'program-failed', detail: '[no-such-code] hm' })
  expect(
    program(
      'invocation of aws:ec2/getVpc:getVpc returned an error: invoking aws:ec2/getVpc:getVpc: 1 error occurred: * no matching EC2 VPC found'
    )
  ).toMatchObject({ code: 'default-vpc-missing' })
  expect(
    program(
      'invocation of aws:index/getRegion:getRegion returned an error: invoking aws:index/getRegion:getRegion: 1 error occurred:\n\t* ExpiredToken: expired\n'
    )
  ).toMatchObject({ code: 'credentials-invalid', detail: 'ExpiredToken: expired' })
  expect(program('the file already exists')).toMatchObject({ code: 'program-failed', retryable: false })
})

test('a resource that failed outweighs the error it makes the program throw', () => {
  const error = classified({
    programError: 'resource monitor shut down',
    failed: [queue],
    errors: [{ message: 'AccessDenied', urn: queue.urn }]
  })
  expect(error).toMatchObject({ code: 'access-denied', resource: queue })
})

test.each([
  ['killed', 'engine-killed'],
  ['cancelled', 'cancelled'],
  ['deadline', 'deadline-exceeded'],
  ['locked', 'state-locked'],
  ['out-of-memory', 'runner-out-of-memory'],
  ['crashed', 'runner-crashed']
] as const)('a run that was ended says why and what was in flight: %s', (cause, code) => {
  const error = classified(
    { inFlight: [queue], errors: [{ message: 'AccessDenied' }] },
    { cause, detail: 'Because.' }
  )
  expect(error).toMatchObject({
    code,
    resource: queue,
    detail: 'Because. Still under way: aws:batch/jobQueue:JobQueue queue.'
  })
})

test('a write of the service\'s own that found no room is a full storage, any other error stays what it is', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  expect(ofStorage(full)).toMatchObject({ error: { code: 'storage-full', detail: full.message }, cause: full })
  const other = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
  expect(ofStorage(other)).toBe(other)
})

test('what is kept of a run is bounded', () => {
  const record = new EventRecord()
  for (let index = 0; index < 1000; index += 1) {
    record.add({ type: 'diagnostic', severity: 'error', message: `${index} ${'x'.repeat(4000)}` })
  }
  const { detail } = classified({ errors: record.errors })
  expect(record.errors.length).toBeLessThanOrEqual(100)
  expect(detail.length).toBeLessThanOrEqual(10_010)
})

test('a record knows what is in flight and what failed', () => {
  const record = new EventRecord()
  const step = {
    type: 'resource',
    action: 'create',
    urn: queue.urn,
    resourceType: queue.type,
    name: queue.name
  } as const
  record.add({ ...step, status: 'started' })
  expect(record.inFlight).toEqual([queue])
  record.add({ ...step, status: 'failed' })
  expect(record.inFlight).toEqual([])
  expect(record.failed).toEqual([queue])
})
