import { partitionOf, regionProblem } from './regions.ts'

/**
 * Container image references in the grammar of the distribution project, narrowed to the characters AWS Batch takes.
 */
export interface ImageReference {
  /** Registry host, lower case, without the port; `docker.io` where the reference names none. */
  readonly host: string
  readonly port: string | undefined
  readonly path: string
  readonly tag: string | undefined
  readonly digest: string | undefined
}

/** A repository in a private ECR registry. */
export interface EcrRepository {
  readonly accountId: string
  readonly region: string
  readonly repository: string
  /** `registry/repository`, as guardrails list it. */
  readonly name: string
}

const MAX_LENGTH = 255
const HOST = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/
const PATH = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/
const ECR_HOST = /^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/
/** Every spelling of a private ECR registry ends so; only the one of ECR_HOST can be listed in guardrails. */
const AWS_HOST = /\.(?:amazonaws\.com|amazonaws\.com\.cn|on\.aws|on\.amazonwebservices\.com\.cn)$/

const isHost = (first: string): boolean => /[.:]/.test(first) || first === 'localhost'

function splitOnce (text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)]
}

/** Splits a reference and checks no part of it. A first component with a dot or a colon is the registry's host. */
function split (text: string): ImageReference {
  const [name, digest] = splitOnce(text, '@')
  const [first, rest] = splitOnce(name, '/')
  const [domain, remainder] = rest !== undefined && isHost(first) ? [first, rest] : ['docker.io', name]
  const [host, port] = splitOnce(domain, ':')
  const [path, tag] = splitOnce(remainder, ':')
  return { host: host.toLowerCase(), port, path, tag, digest }
}

function partProblem ({ host, port, path, tag, digest }: ImageReference): string | undefined {
  if (!HOST.test(host)) return `"${host}" is not a registry host`
  if (port !== undefined && !(/^[0-9]{1,5}$/.test(port) && Number(port) <= 65_535)) return `"${port}" is not a port`
  if (!PATH.test(path)) {
    return `"${path}" is not a repository: lower-case letters, digits and single . _ - between them, parts divided by /`
  }
  if (tag !== undefined && !TAG.test(tag)) {
    return `"${tag}" is not a tag: up to 128 letters, digits, _ . -, not beginning with . or -`
  }
  if (digest !== undefined && !DIGEST.test(digest)) {
    return 'the digest must be sha256: and 64, or sha512: and 128, lower-case hex digits'
  }
  return undefined
}

function registryProblem ({ host, port }: ImageReference): string | undefined {
  const [, , region, china] = ECR_HOST.exec(host) ?? []
  if (region === undefined || port !== undefined) {
    return 'name a private ECR registry as <account>.dkr.ecr.<region>.amazonaws.com, without a port'
  }
  const isChina = partitionOf(region) === 'aws-cn'
  return regionProblem(region) ?? (isChina === (china !== undefined)
    ? undefined
    : `registries in ${region} end in ${isChina ? '.amazonaws.com.cn' : '.amazonaws.com'}`)
}

/** Why AWS could not pull `text`, as far as its form tells; undefined if it is a good reference. */
export function imageProblem (text: string): string | undefined {
  if (text.length > MAX_LENGTH) return `an image reference has at most ${MAX_LENGTH} characters`
  const outside = /[^A-Za-z0-9_:./#@-]/.exec(text)
  if (outside !== null) return `an image reference has no ${JSON.stringify(outside[0])}`
  const reference = split(text)
  const problem = partProblem(reference)
  if (problem !== undefined) return problem
  if (reference.host === 'localhost') return "localhost would be the job's own container; name a registry AWS can reach"
  return AWS_HOST.test(reference.host) ? registryProblem(reference) : undefined
}

/** The parts of a good reference; undefined where `imageProblem` finds something. */
export function parseImage (text: string): ImageReference | undefined {
  return imageProblem(text) === undefined ? split(text) : undefined
}

/** The private ECR repository a reference names; undefined for every other registry, public.ecr.aws among them. */
export function ecrRepository (text: string): EcrRepository | undefined {
  const reference = parseImage(text)
  const match = reference && ECR_HOST.exec(reference.host)
  if (!match || reference === undefined) return undefined
  const [host, accountId = '', region = ''] = match
  return { accountId, region, repository: reference.path, name: `${host}/${reference.path}` }
}
