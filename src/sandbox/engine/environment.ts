/** The environment variables the engine acts on, read once. */
export interface EngineVariables {
  /** Where the state lives, `file://…`. */
  backendUrl: string | undefined
  passphrase: string | undefined
  passphraseFile: string | undefined
  /** Use the secrets provider of the checkpoint when Pulumi.STACK.yaml names none. */
  fallbackToStateSecretsManager: boolean
  /** `name:port[,name:port]`: the only way resource providers are reached. */
  debugProviders: string
  parallel: string | undefined
  home: string | undefined
  user: string | undefined
  disableBackups: boolean
  /** Keep a copy of every checkpoint that is written, `STACK.json.NANOSECONDS`. */
  retainCheckpoints: boolean
  /** Every `PULUMI_*` variable as history records it: switches by value, the rest as `set`. */
  recorded: Record<string, string>
  /** Variables that ask the real engine for something this one does not do. */
  unsupported: string[]
}

const truthy = (value: string | undefined): boolean => value === '1' || value?.toLowerCase() === 'true'

/** Asking for one of these and not getting it would be wrong silently. */
const unsupportedVariables = [
  'PULUMI_DIY_BACKEND_GZIP', 'PULUMI_DIY_BACKEND_ZSTD',
  'PULUMI_DIY_BACKEND_LEGACY_LAYOUT', 'PULUMI_SKIP_CHECKPOINTS', 'PULUMI_RUN_PROGRAM', 'PULUMI_CONTINUE_ON_ERROR'
]

/** Variables the real CLI declares as switches; it records these by value. */
const switches = new Set([
  'PULUMI_DEBUG_COMMANDS', 'PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER', 'PULUMI_SKIP_UPDATE_CHECK',
  'PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION', 'PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS',
  'PULUMI_DIY_BACKEND_RETAIN_CHECKPOINTS', 'PULUMI_IGNORE_AMBIENT_PLUGINS'
])

export function readEnvironment (variables: NodeJS.ProcessEnv = process.env): EngineVariables {
  return {
    backendUrl: variables['PULUMI_BACKEND_URL'],
    passphrase: variables['PULUMI_CONFIG_PASSPHRASE'],
    passphraseFile: variables['PULUMI_CONFIG_PASSPHRASE_FILE'] || undefined,
    fallbackToStateSecretsManager: truthy(variables['PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER']),
    debugProviders: variables['PULUMI_DEBUG_PROVIDERS'] ?? '',
    parallel: variables['PULUMI_PARALLEL'],
    home: variables['PULUMI_HOME'] ?? (variables['HOME'] && `${variables['HOME']}/.pulumi`),
    user: variables['USER'],
    disableBackups: truthy(variables['PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS']),
    retainCheckpoints: truthy(variables['PULUMI_DIY_BACKEND_RETAIN_CHECKPOINTS']),
    recorded: Object.fromEntries(Object.entries(variables)
      .filter(([name, value]) => name.startsWith('PULUMI_') && value !== undefined)
      .map(([name, value]) => [`pulumi.env.${name}`, switches.has(name) ? String(truthy(value)) : 'set'])),
    unsupported: unsupportedVariables.filter((name) => truthy(variables[name]))
  }
}
