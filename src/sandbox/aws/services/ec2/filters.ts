import { AwsProviderError } from '../../model/errors.ts'
import { blocks, isEmpty, textProperty, textMap, texts, type Props } from '../../values.ts'

/** A candidate of a look-up: what the provider returns for it, and the values EC2's filters see. */
export interface Candidate { result: Props, filters: Record<string, string>, tags: Record<string, string> }

/** Applies the arguments as EC2 would: plain ones by equality, `filters` by name with `*`, `tags` by both. */
export function select (candidates: Candidate[], args: Props, plain: readonly string[]): Candidate[] {
  return candidates.filter((candidate) =>
    plain.every((key) => isEmpty(args[key]) || candidate.result[key] === args[key]) &&
    Object.entries(textMap(args, 'tags')).every(([key, value]) => candidate.tags[key] === value) &&
    blocks(args, 'filters').every((filter) => passes(candidate, textProperty(filter, 'name'), texts(filter, 'values'))))
}

/** Whether EC2's filter of that name selects the candidate. Throws ProviderError for one that is not simulated. */
export function passes (candidate: Candidate, name: string, values: string[]): boolean {
  if (name === 'tag-key') return values.some((value) => value in candidate.tags)
  const actual = name.startsWith('tag:') ? candidate.tags[name.slice(4)] : candidate.filters[name]
  if (actual === undefined && !name.startsWith('tag:')) {
    throw new AwsProviderError(`the sandbox does not simulate the EC2 filter "${name}"`)
  }
  return values.some((value) => actual !== undefined && glob(value).test(actual))
}

/** EC2's wildcards: `*` is any text, `?` one character. */
function glob (pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`)
}
