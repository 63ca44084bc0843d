import { isOn } from '../args.ts'
import { EngineError, notImplemented } from '../errors.ts'
import { readSettings, settingsPath, stackSecrets } from '../project.ts'
import { readHistory } from '../state/history.ts'
import type { Page } from '../state/history.ts'
import { isJsonObject } from '../values/json.ts'
import type { Json, JsonObject } from '../values/json.ts'
import type { CommandContext, Run } from './command.ts'
import { selectedStack } from './selection.ts'

/** Past deployments, newest first, as the CLI prints them. */
export const run: Run = async (context) => {
  if (!isOn(context.args, 'json')) throw notImplemented('stack history without --json')
  const { files, project } = await selectedStack(context)
  const entries = await readHistory(files, pageOf(context))
  const hasSecrets = entries.some((entry) => JSON.stringify(entry['config'] ?? {}).includes('"secret":true'))
  const decrypt = isOn(context.args, 'show-secrets') && hasSecrets
    ? (await (await stackSecrets(context.environment, await readSettings(settingsPath(project, files.stack)), undefined)).crypter()).decrypt
    : undefined
  context.output.out(`${JSON.stringify(entries.map((entry) => printed(entry, decrypt)), null, 2)}\n`)
  return 0
}

function pageOf ({ args }: CommandContext): Page | undefined {
  const size = positive('page-size', args.flags.get('page-size') ?? '10')
  const number = positive('page', args.flags.get('page') ?? '1')
  return args.flags.has('page-size') ? { size, number } : undefined
}

function positive (flag: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new EngineError(`invalid argument "${text}" for "--${flag}" flag`)
  return value
}

const isoTime = (seconds: Json | undefined): string => new Date(Number(seconds) * 1000).toISOString()

function printed (entry: JsonObject, decrypt: ((text: string) => string) | undefined): JsonObject {
  const { kind, startTime, message, environment, config, result, endTime, resourceChanges } = entry
  return {
    version: 0,
    kind: kind ?? null,
    startTime: isoTime(startTime),
    message: message ?? '',
    environment: environment ?? {},
    config: printedConfig(isJsonObject(config) ? config : {}, decrypt),
    result: result ?? null,
    endTime: isoTime(endTime),
    ...(isJsonObject(resourceChanges) ? { resourceChanges } : {})
  }
}

function printedConfig (config: JsonObject, decrypt: ((text: string) => string) | undefined): JsonObject {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => {
    if (!isJsonObject(value) || value['secret'] !== true) return [key, isJsonObject(value) ? { value: value['value'] ?? null, secret: false } : value]
    return [key, decrypt ? { value: decrypt(String(value['value'])), secret: true } : { secret: true }]
  }))
}
