import type { _Error, ListObjectVersionsCommandOutput, S3 } from '@aws-sdk/client-s3'
import { CloudFailure } from './failure.ts'
import { forEach } from './waiting.ts'
import { codeOf, unless } from './translate.ts'

/** S3 lists and deletes at most so many at once. */
const PAGE = 1000

/** In a bucket without versions the one each object has is called `null`, so one call lists whatever there is. */
const entriesOf = ({ Versions = [], DeleteMarkers = [] }: ListObjectVersionsCommandOutput) =>
  [...Versions, ...DeleteMarkers].map(({ Key = '', VersionId = 'null' }) => ({ Key, VersionId }))

/** Objects, versions and delete markers, at most `limit` of them; undefined when there is no such bucket. */
export async function countEntries (s3: S3, bucket: string, limit: number): Promise<number | undefined> {
  let count = 0
  let from: { KeyMarker?: string | undefined, VersionIdMarker?: string | undefined } = {}
  while (count < limit) {
    const page = await unless(
      ['NoSuchBucket'],
      s3.listObjectVersions({ Bucket: bucket, MaxKeys: Math.min(PAGE, limit - count), ...from })
    )
    if (page === undefined) return undefined
    count += entriesOf(page).length
    if (page.IsTruncated !== true) break
    from = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
  }
  return count
}

/**
 * Deletes every object, version and delete marker, then gives up every unfinished upload; answers how many together.
 * Each page is deleted before the next is listed, from the front, so that it is carried on wherever it was broken off.
 */
export async function empty (s3: S3, bucket: string, abortSignal: AbortSignal): Promise<number> {
  return await deleteEntries(s3, bucket, abortSignal) + await abortUploads(s3, bucket, abortSignal)
}

async function deleteEntries (s3: S3, bucket: string, abortSignal: AbortSignal): Promise<number> {
  for (let deleted = 0; ;) {
    const page = await unless(
      ['NoSuchBucket'],
      s3.listObjectVersions({ Bucket: bucket, MaxKeys: PAGE }, { abortSignal })
    )
    const entries = page === undefined ? [] : entriesOf(page)
    if (entries.length === 0) return deleted
    const { Errors: [failed] = [] } = await s3.deleteObjects(
      { Bucket: bucket, Delete: { Objects: entries, Quiet: true } },
      { abortSignal }
    )
    // Those of the page that could be deleted are; without this the loop would list the others for ever.
    if (failed !== undefined) throw refusal(bucket, failed)
    deleted += entries.length
  }
}

function refusal (
  bucket: string,
  { Key = '', Code = 'Unknown', Message = 'an object could not be deleted' }: _Error
): CloudFailure {
  return new CloudFailure(codeOf(Code) ?? 'cloud-rejected', `${Code}: ${Message} (${Key} in ${bucket})`)
}

async function abortUploads (s3: S3, bucket: string, abortSignal: AbortSignal): Promise<number> {
  for (let aborted = 0; ;) {
    const page = await unless(['NoSuchBucket'], s3.listMultipartUploads({ Bucket: bucket }, { abortSignal }))
    const uploads = page?.Uploads ?? []
    if (uploads.length === 0) return aborted
    await forEach(uploads, async ({ Key, UploadId }) =>
      unless(['NoSuchUpload'], s3.abortMultipartUpload({ Bucket: bucket, Key, UploadId }, { abortSignal }))
    )
    aborted += uploads.length
  }
}
