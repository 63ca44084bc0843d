import type resourcePb from '@pulumi/pulumi/proto/resource_pb.js'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EngineError, notImplemented } from '../../errors.ts'
import type { Timeouts } from '../../state/resource.ts'
import type { Alias } from '../../urn.ts'
import type { JsonObject } from '../../values/json.ts'
import { fromStruct } from '../../values/wire.ts'
import type { Properties } from '../../values/value.ts'

/** What a program wants one resource to be. */
export interface Goal {
  readonly type: string
  readonly name: string
  readonly parent: string
  readonly custom: boolean
  readonly inputs: Properties
  readonly dependencies: readonly string[]
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>
  /** `URN::ID`, or empty for the default provider. */
  readonly provider: string
  readonly version: string
  /** `undefined`: as the parent. */
  readonly protect: boolean | undefined
  readonly retainOnDelete: boolean | undefined
  readonly deletedWith: string
  /** `undefined`: as the provider wants it. */
  readonly deleteBeforeReplace: boolean | undefined
  readonly ignoreChanges: readonly string[]
  readonly replaceOnChanges: readonly string[]
  readonly additionalSecretOutputs: readonly string[]
  readonly customTimeouts: Timeouts
  readonly sourcePosition: string
  readonly stackTrace: readonly JsonObject[]
  /** What the resource may have been called before. */
  readonly aliases: readonly Alias[]
}

type Request = resourcePb.RegisterResourceRequest

/** Options of a registration this engine does not implement, and how to see that one is asked for. */
const unsupported: ReadonlyArray<[name: string, used: (request: Request) => boolean]> = [
  ['import', (request) => request.getImportid() !== ''],
  ['transforms', (request) => request.getTransformsList().length > 0],
  ['replaceWith', (request) => request.getReplaceWithList().length > 0],
  ['replacementTrigger', (request) => request.hasReplacementTrigger()],
  [
    'hooks',
    (request) =>
      request.hasHooks() && Object.values(request.getHooks()?.toObject() ?? {}).some((names) => names.length > 0)
  ],
  ['hideDiffs', (request) => request.getHidediffsList().length > 0],
  ['envVarMappings', (request) => request.getEnvvarmappingsMap().getLength() > 0],
  ['pluginDownloadURL', (request) => request.getPlugindownloadurl() !== ''],
  ['pluginChecksums', (request) => request.getPluginchecksumsMap().getLength() > 0],
  ['remote components', (request) => request.getRemote()],
  ['parameterized packages', (request) => request.getPackageref() !== ''],
  ['state migrations', (request) => request.getStateMigrationsList().length > 0]
]

/**
 * Reads a registration.
 * @throws EngineError naming the first resource option that is used and not implemented
 */
export function goalOf (request: Request, projectRoot: string): Goal {
  for (const [name, used] of unsupported) {
    if (used(request)) {
      throw notImplemented(`the resource option ${name} (used by ${request.getType()} ${request.getName()})`)
    }
  }
  return {
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent(),
    custom: request.getCustom(),
    inputs: fromStruct(request.getObject()),
    dependencies: request.getDependenciesList(),
    propertyDependencies: propertyDependenciesOf(request),
    provider: request.getProvider(),
    version: request.getVersion(),
    protect: request.hasProtect() ? request.getProtect() : undefined,
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
    deletedWith: request.getDeletedwith(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    customTimeouts: timeoutsOf(request),
    sourcePosition: positionText(request.getSourceposition(), projectRoot),
    stackTrace: (request.getStacktrace()?.getFramesList() ?? []).map((frame) => frameOf(frame.getPc(), projectRoot)),
    aliases: aliasesOf(request)
  }
}

function aliasesOf (request: Request): Alias[] {
  const bySpec = request.getAliasesList().map((alias): Alias => {
    const spec = alias.getSpec()
    if (spec === undefined) return { urn: alias.getUrn() }
    return {
      name: spec.getName(),
      type: spec.getType(),
      stack: spec.getStack(),
      project: spec.getProject(),
      parent: spec.getParenturn(),
      noParent: spec.getNoparent()
    }
  })
  return [...bySpec, ...request.getAliasurnsList().map((urn) => ({ urn }))]
}

function propertyDependenciesOf (request: Request): Record<string, string[]> {
  const dependencies: Record<string, string[]> = {}
  request.getPropertydependenciesMap().forEach((entry, key) => { dependencies[key] = entry.getUrnsList() })
  return dependencies
}

function timeoutsOf (request: Request): Timeouts {
  const {
    create,
    update,
    pb_delete: remove,
    read
  } = request.getCustomtimeouts()?.toObject() ?? { create: '', update: '', pb_delete: '', read: '' }
  return {
    ...(create === '' ? {} : { create: seconds(create) }),
    ...(update === '' ? {} : { update: seconds(update) }),
    ...(remove === '' ? {} : { delete: seconds(remove) }),
    ...(read === '' ? {} : { read: seconds(read) })
  }
}

const unitSeconds: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 }

/** A Go duration such as `1h30m` or `90s`. @throws EngineError if it is none */
export function seconds (duration: string): number {
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|us|µs|ns|m|s)/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== duration) {
    throw new EngineError(`unable to parse customTimeout Value ${duration}`)
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitSeconds[unit ?? ''] ?? 0), 0)
}

type Position = ReturnType<Request['getSourceposition']>

const frameOf = (position: Position, projectRoot: string): JsonObject => {
  const text = positionText(position, projectRoot)
  return text === '' ? {} : { sourcePosition: text }
}

/** `project:///PATH#LINE,COLUMN`, the path relative to the project. Positions that are not in a file are left out. */
function positionText (position: Position, projectRoot: string): string {
  const uri = position?.getUri() ?? ''
  if (position === undefined || !uri.startsWith('file:///')) return ''
  const column = position.getColumn()
  const path = relative(projectRoot, pathOf(uri))
  return `project:///${path}#${position.getLine()}${column === 0 ? '' : `,${column}`}`
}

/** The SDK puts a file's URL behind another `file://` when the program is an ES module. */
function pathOf (uri: string): string {
  const inner = /^file:\/\/\/?(file:\/\/.*)$/.exec(uri)?.[1] ?? uri
  return fileURLToPath(inner)
}
