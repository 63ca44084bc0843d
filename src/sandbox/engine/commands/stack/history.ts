import { isOn } from '../../args.ts'
import { EngineError, notImplemented } from '../../errors.ts'
import { existingCheckpoint, readSettings, settingsPath } from '../../project.ts'
import { readPassphrase, secretsProvider } from '../../secrets.ts'
import { readHistory } from '../../state/history.ts'
import type { Page } from '../../state/history.ts'
import { isJsonObject } from '../../values/json.ts'
import type { Decrypt, Json, JsonObject } from '../../values/json.ts'
import type { CommandContext, Run } from '../command.ts'
import { selectedStack } from '../selection.ts'
import type { Selection } from '../selection.ts'

/** Past deployments, newest first, as the CLI prints them. */
export const run: Run = async (context) => {
  if (!isOn(context.args, 'json')) throw notImplemented('stack history without --json')
  const selection = await selectedStack(context)
  const entries = await readHistory(selection.files, pageOf(context))
  const hasSecrets = entries.some((entry) => JSON.stringify(entry['config'] ?? {}).includes('"secure"'))
  const decrypt = isOn(context.args, 'show-secrets') && hasSecrets ? await decrypter(context, selection) : undefined
  context.output.out(`${JSON.stringify(entries.map((entry) => printed(entry, decrypt)), null, 2)}\n`)
  return 0
}

/** History is encrypted with what encrypts the configuration. */
async function decrypter ({ environment }: CommandContext, { files, project }: Selection): Promise<Decrypt> {
  const { encryptionSalt } = await readSettings(settingsPath(project, files.stack))
  const salt = encryptionSalt ?? (await existingCheckpoint(files)).salt ?? ''
  const crypter = await secretsProvider(salt, await readPassphrase(environment)).crypter()
  return crypter.decrypt
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

function printed (entry: JsonObject, decrypt: Decrypt | undefined): JsonObject {
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

function printedConfig (config: JsonObject, decrypt: Decrypt | undefined): JsonObject {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, printedValue(value, decrypt)]))
}

function printedValue (value: Json, decrypt: Decrypt | undefined): JsonObject {
  if (typeof value === 'string') return { value, secret: false }
  const secure = isJsonObject(value) ? value['secure'] : undefined
  if (typeof secure !== 'string') return { value: JSON.stringify(value), objectValue: value, secret: false }
  return decrypt ? { value: decrypt(secure), secret: true } : { secret: true }
}
