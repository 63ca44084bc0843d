import { ApiError } from '../../model/errors.ts'
import type { Call } from '../../model/types.ts'
import { BUCKET, requireBucket } from './bucket.ts'
import { abortUpload, deleteVersions, entriesOf, uploadsOf, type Entry } from './objects.ts'
import { textProperty, type Props } from '../../values.ts'
import type { AwsApi, ApiOperation } from '../../api/operation.ts'
import { pageOf } from '../../api/page.ts'
import { childrenOf, elementText } from '../../api/xml.ts'

/** What faults know the content of a bucket by. */
const OBJECT = 'aws:s3/bucketObject:BucketObject'
/** Both of what one page lists and of what one call deletes. */
const MOST = 1000

const operation = (own: Pick<ApiOperation, 'on' | 'type' | 'run'> & { takes?: readonly string[] }): ApiOperation =>
  ({ ...own, takes: ['Bucket', ...own.takes ?? []], name: (input) => textProperty(input, 'Bucket') })

export const s3Api: AwsApi = {
  id: 'S3',
  protocol: 's3',
  operations: {
    HeadBucket: operation({
      on: 'read',
      type: BUCKET,
      run: (input, call) => ({ BucketRegion: bucketOf(input, call).region })
    }),
    ListObjectVersions: operation({
      on: 'read',
      type: OBJECT,
      takes: ['versions', 'max-keys', 'key-marker', 'version-id-marker'],
      run: listVersions
    }),
    DeleteObjects: operation({ on: 'delete', type: OBJECT, takes: ['delete', 'Body'], run: deleteObjects }),
    ListMultipartUploads: operation({ on: 'read', type: OBJECT, takes: ['uploads'], run: listUploads }),
    AbortMultipartUpload: operation({ on: 'delete', type: OBJECT, takes: ['Key', 'uploadId'], run: abort })
  }
}

/** The operation a request of S3's REST protocol means; its method and path where it is not simulated. */
export function s3Operation (
  method: string,
  { bucket, key }: { bucket: string, key: string },
  query: URLSearchParams
): string {
  const mark = ['versions', 'delete', 'uploads', 'uploadId'].find((name) => query.has(name)) ?? ''
  const what = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object'
  const parameters = [...query.keys()].filter((name) => name !== 'x-id')
  return OPERATIONS[`${method} ${what} ${mark}`.trim()] ?? [method, what, ...parameters].join(' ')
}

const OPERATIONS: Readonly<Record<string, string>> = {
  'HEAD bucket': 'HeadBucket',
  'GET bucket versions': 'ListObjectVersions',
  'POST bucket delete': 'DeleteObjects',
  'GET bucket uploads': 'ListMultipartUploads',
  'DELETE object uploadId': 'AbortMultipartUpload'
}

const bucketOf = (input: Props, call: Call) => requireBucket({ bucket: textProperty(input, 'Bucket') }, call)

function listVersions (input: Props, call: Call): Props {
  const bucket = bucketOf(input, call)
  const size = Math.min(Number(textProperty(input, 'max-keys') || MOST), MOST)
  const [keyMarker, versionMarker] = [textProperty(input, 'key-marker'), textProperty(input, 'version-id-marker')]
  const keyOf = ({ key, versionId }: Pick<Entry, 'key' | 'versionId'>): string => `${key}\n${versionId}`
  const { page, next } = pageOf(entriesOf(bucket), {
    size,
    after: keyMarker === '' ? '' : keyOf({ key: keyMarker, versionId: versionMarker }),
    keyOf
  })
  const last = page.at(-1)
  return {
    Name: bucket.name,
    MaxKeys: size,
    IsTruncated: next !== undefined,
    ...(next !== undefined && last && { NextKeyMarker: last.key, NextVersionIdMarker: last.versionId }),
    Version: page
      .filter((entry) => !entry.deleteMarker)
      .map((entry) => ({ ...versionOf(entry), Size: entry.size, StorageClass: 'STANDARD' })),
    DeleteMarker: page.filter((entry) => entry.deleteMarker).map(versionOf)
  }
}

const versionOf = ({ key, versionId, latest }: Entry): Props => ({ Key: key, VersionId: versionId, IsLatest: latest })

function deleteObjects (input: Props, call: Call): Props {
  const bucket = bucketOf(input, call)
  const body = textProperty(input, 'Body')
  const asked = childrenOf(body, 'Object').map((object) => ({
    key: elementText(object, 'Key'),
    versionId: elementText(object, 'VersionId')
  }))
  if (asked.length === 0 || asked.length > MOST) {
    throw new ApiError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema'
    )
  }
  if (asked.some(({ versionId }) => versionId === '')) {
    throw new ApiError('NotImplemented', 'the sandbox does not simulate DeleteObjects without version ids')
  }
  deleteVersions(call.world, bucket, asked)
  return {
    Deleted:
      elementText(body, 'Quiet') === 'true'
        ? []
        : asked.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }))
  }
}

function listUploads (input: Props, call: Call): Props {
  const bucket = bucketOf(input, call)
  const uploads = uploadsOf(bucket)
  return {
    Bucket: bucket.name,
    MaxUploads: MOST,
    IsTruncated: uploads.length > MOST,
    Upload: uploads.slice(0, MOST).map(({ key, uploadId }) => ({ Key: key, UploadId: uploadId }))
  }
}

function abort (input: Props, call: Call): Props {
  if (!abortUpload(call.world, bucketOf(input, call), textProperty(input, 'uploadId'))) {
    throw new ApiError(
      'NoSuchUpload',
      'The specified multipart upload does not exist. The upload ID might be invalid, or the multipart upload might ' +
        'have been aborted or completed.',
      404
    )
  }
  return {}
}
