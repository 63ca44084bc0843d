import { Bucket } from '@pulumi/aws/s3/bucket.js'
import { BucketLifecycleConfiguration } from '@pulumi/aws/s3/bucketLifecycleConfiguration.js'
import { BucketOwnershipControls } from '@pulumi/aws/s3/bucketOwnershipControls.js'
import { BucketPolicy } from '@pulumi/aws/s3/bucketPolicy.js'
import { BucketPublicAccessBlock } from '@pulumi/aws/s3/bucketPublicAccessBlock.js'
import { BucketServerSideEncryptionConfiguration } from '@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js'
import * as pulumi from '@pulumi/pulumi'
import { tlsOnlyPolicy } from '../policies.ts'

interface StorageArgs { readonly bucketName: string }

const PRIVATE = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true }
const ENCRYPTION_RULES = [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }]
const LIFECYCLE_RULES = [
  {
    id: 'abort-incomplete-uploads',
    status: 'Enabled',
    filter: { prefix: '' },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 }
  },
  { id: 'expire-intermediate', status: 'Enabled', filter: { prefix: 'intermediate/' }, expiration: { days: 30 } }
]

/**
 * The bucket for output and, under `intermediate/`, for what may go after 30 days: private, encrypted, TLS only. Never
 * emptied by a deletion: AWS refuses to delete a bucket with objects, and that is meant.
 */
export class StorageComponent extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>
  readonly bucketArn: pulumi.Output<string>
  /** What makes the bucket private, encrypted and tidy, in the order in which it is made. */
  readonly configuration: pulumi.Resource[]

  constructor (name: string, { bucketName }: StorageArgs, opts: pulumi.ComponentResourceOptions) {
    super('batchyard:environment:Storage', name, {}, opts)
    const bucket = new Bucket('bucket', { bucket: bucketName, forceDestroy: false }, { parent: this })
    this.configuration = this.#configure(bucket)
    this.bucketName = bucket.bucket
    this.bucketArn = bucket.arn
    this.registerOutputs()
  }

  /** One after the other: S3 answers concurrent changes of one bucket's configuration with 409 OperationAborted. */
  #configure (bucket: Bucket): pulumi.Resource[] {
    const after = (...dependsOn: pulumi.Resource[]) => ({ parent: this, deletedWith: bucket, dependsOn })
    const access = new BucketPublicAccessBlock('public-access', { bucket: bucket.bucket, ...PRIVATE }, after(bucket))
    const ownership = new BucketOwnershipControls('ownership', {
      bucket: bucket.bucket, rule: { objectOwnership: 'BucketOwnerEnforced' }
    }, after(access))
    const encryption = new BucketServerSideEncryptionConfiguration('encryption', {
      bucket: bucket.bucket, rules: ENCRYPTION_RULES
    }, after(ownership))
    const policy = new BucketPolicy('tls-only', {
      bucket: bucket.bucket, policy: bucket.arn.apply((arn) => JSON.stringify(tlsOnlyPolicy(arn)))
    }, after(encryption))
    const lifecycle = new BucketLifecycleConfiguration(
      'lifecycle',
      { bucket: bucket.bucket, rules: LIFECYCLE_RULES },
      after(policy)
    )
    return [access, ownership, encryption, policy, lifecycle]
  }
}
