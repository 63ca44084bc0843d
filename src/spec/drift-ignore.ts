import type { DriftedResource } from '../schemas/change.ts'
import type { ResolvedSpec } from '../schemas/spec.ts'

/** `tags.owner`, `tagsAll["cost:center"]`: the key of the tag a path leads to. */
const TAG_PATH = /^tags(?:All)?(?:\.([^.["]+)|\["(.+)"\])$/

/**
 * Leaves out what the spec says to ignore. The provider ignores such tags itself after the next update; this is
 * for the time before.
 */
export function withoutIgnoredTags (
  resources: readonly DriftedResource[],
  { tagKeys, tagKeyPrefixes }: ResolvedSpec['driftIgnore']
): DriftedResource[] {
  const ignored = (path: string): boolean => {
    const [, plain, quoted] = TAG_PATH.exec(path) ?? []
    const key = plain ?? quoted
    return key !== undefined && (tagKeys.includes(key) || tagKeyPrefixes.some((prefix) => key.startsWith(prefix)))
  }
  return resources.flatMap((resource) => {
    const properties = resource.properties.filter(({ path }) => !ignored(path))
    return resource.status === 'missing' || properties.length > 0 ? [{ ...resource, properties }] : []
  })
}
