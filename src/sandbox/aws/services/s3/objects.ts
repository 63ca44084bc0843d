import { randomUUID } from 'node:crypto'
import { block, blocks, count, flag, textProperty, type Props } from '../../values.ts'
import type { Item } from '../../world/item.ts'
import type { World } from '../../world/world.ts'

/** A version of an object, or a marker of its deletion. What was written without versioning has the version `null`. */
export interface Entry { key: string, versionId: string, size: number, deleteMarker: boolean, latest: boolean }

/** Names one version of one object. */
export interface VersionId { key: string, versionId: string }

/** `objects` holds the sizes of what has no version, `versions` all others from the oldest to the newest. */
const nullVersions = (bucket: Item): Props => block(bucket.internalState, 'objects') ?? {}
const namedVersions = (bucket: Item): Props[] => blocks(bucket.internalState, 'versions')
const isVersioned = (bucket: Item): boolean => flag(block(bucket.props, 'versioning'), 'enabled')

/** Everything in a bucket, as S3 lists versions: by key, the latest of a key first. */
export function entriesOf (bucket: Item): Entry[] {
  const plain = Object.entries(nullVersions(bucket)).map(([key, size]) => ({
    key,
    versionId: 'null',
    size: Number(size),
    deleteMarker: false
  }))
  const named = namedVersions(bucket).map((version) => ({
    key: textProperty(version, 'key'),
    versionId: textProperty(version, 'versionId'),
    size: count(version, 'size') ?? 0,
    deleteMarker: flag(version, 'deleteMarker')
  }))
  const seen = new Set<string>()
  return [...named.reverse(), ...plain].map((entry) => {
    const latest = !seen.has(entry.key)
    seen.add(entry.key)
    return { ...entry, latest }
  }).sort((a, b) => a.key === b.key ? 0 : a.key < b.key ? -1 : 1)
}

/** Keys of the objects a reader sees, with their sizes in bytes. */
export function objectsOf (bucket: Item): Record<string, number> {
  const visible = entriesOf(bucket).filter((entry) => entry.latest && !entry.deleteMarker)
  return Object.fromEntries(visible.map(({ key, size }) => [key, size]))
}

/** Puts objects of these sizes; in a versioned bucket what was there stays as an older version. */
export function putObjects (world: World, bucket: Item, sizes: Props): void {
  if (isVersioned(bucket)) addVersions(world, bucket, Object.entries(sizes).map(([key, size]) => ({ key, size })))
  else changeState(world, bucket, { objects: { ...nullVersions(bucket), ...sizes } })
}

/** Deletes objects as a user does; in a versioned bucket a marker hides them. */
export function deleteObjects (world: World, bucket: Item, keys: readonly string[]): void {
  if (isVersioned(bucket)) addVersions(world, bucket, keys.map((key) => ({ key, deleteMarker: true })))
  else deleteVersions(world, bucket, keys.map((key) => ({ key, versionId: 'null' })))
}

/** Deletes exactly these, for good. What is not there is no error. */
export function deleteVersions (world: World, bucket: Item, versions: readonly VersionId[]): void {
  const gone = new Set(versions.map(({ key, versionId }) => `${versionId}/${key}`))
  changeState(world, bucket, {
    objects: Object.fromEntries(Object.entries(nullVersions(bucket)).filter(([key]) => !gone.has(`null/${key}`))),
    versions: namedVersions(bucket).filter(
      (version) => !gone.has(`${textProperty(version, 'versionId')}/${textProperty(version, 'key')}`)
    )
  })
}

/** Deletes whatever there is, unfinished uploads too. */
export function emptyBucket (world: World, bucket: Item): void {
  changeState(world, bucket, { objects: {}, versions: [], uploads: [] })
}

export function uploadsOf (bucket: Item): { key: string, uploadId: string }[] {
  return blocks(bucket.internalState, 'uploads').map((upload) => ({
    key: textProperty(upload, 'key'),
    uploadId: textProperty(upload, 'uploadId')
  }))
}

/** Begins a multipart upload that nobody finishes; answers its id. */
export function beginUpload (world: World, bucket: Item, key: string): string {
  const uploadId = randomUUID()
  changeState(world, bucket, { uploads: [...uploadsOf(bucket), { key, uploadId }] })
  return uploadId
}

/** Gives an upload up; false when there is none of that id. */
export function abortUpload (world: World, bucket: Item, uploadId: string): boolean {
  const uploads = uploadsOf(bucket)
  const others = uploads.filter((upload) => upload.uploadId !== uploadId)
  if (others.length < uploads.length) changeState(world, bucket, { uploads: others })
  return others.length < uploads.length
}

function addVersions (world: World, bucket: Item, versions: Props[]): void {
  changeState(world, bucket, {
    versions: [...namedVersions(bucket), ...versions.map((version) => ({ ...version, versionId: randomUUID() }))]
  })
}

function changeState (world: World, bucket: Item, internalState: Props): void {
  world.put({ ...bucket, internalState: { ...bucket.internalState, ...internalState } })
}
