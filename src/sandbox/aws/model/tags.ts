import { isProps, textMap, type Props } from '../values.ts'

/** Tags of others, which a provider neither shows nor changes: `ignoreTags` of its configuration. */
export interface IgnoredTags { keys: readonly string[], keyPrefixes: readonly string[] }

const TAGS = ['tags', 'tagsAll'] as const

const isIgnored = (key: string, ignored: IgnoredTags): boolean =>
  ignored.keys.includes(key) || ignored.keyPrefixes.some((prefix) => key.startsWith(prefix))

const isNothing = ({ keys, keyPrefixes }: IgnoredTags): boolean => keys.length + keyPrefixes.length === 0

/** The properties as the provider shows them, without the tags it ignores. */
export function withoutIgnored (props: Props, ignored: IgnoredTags): Props {
  if (isNothing(ignored)) return props
  const shown = TAGS.filter((name) => isProps(props[name])).map((name) => [
    name,
    pick(props, name, (key) => !isIgnored(key, ignored))
  ])
  return { ...props, ...Object.fromEntries(shown) as Props }
}

/** New tags for a resource; those it has and the provider ignores stay. */
export function keepIgnored (before: Props, after: Props, ignored: IgnoredTags): Props {
  if (isNothing(ignored)) return after
  const merged = TAGS.map(
    (name) => [name, { ...pick(before, name, (key) => isIgnored(key, ignored)), ...textMap(after, name) }] as const
  )
  return {
    ...after,
    ...Object.fromEntries(merged.filter(([name, tags]) => name in after || Object.keys(tags).length > 0))
  }
}

function pick (props: Props, name: typeof TAGS[number], wanted: (key: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(textMap(props, name)).filter(([key]) => wanted(key)))
}
