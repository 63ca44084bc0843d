import type { FlagKind } from '../args.ts'
import type { Command } from './command.ts'

const preview: Record<string, FlagKind> = {
  client: 'value',
  'exec-kind': 'value',
  'exec-agent': 'value',
  'event-log': 'value',
  stack: 'value',
  parallel: 'value',
  message: 'value',
  'continue-on-error': 'switch',
  'config-file': 'value',
  'suppress-outputs': 'switch',
  'suppress-progress': 'switch',
  debug: 'switch'
}

const deployment: Record<string, FlagKind> = { ...preview, yes: 'switch', 'skip-preview': 'switch' }

/** Every command of this engine. A command or flag that is not here is an error that names it. */
export const commands: readonly Command[] = [
  { words: ['version'], shape: { positionals: 0, flags: {} }, load: async () => import('./version.ts') },
  { words: ['whoami'], shape: { positionals: 0, flags: { json: 'switch' } }, load: async () => import('./whoami.ts') },
  {
    words: ['stack', 'init'],
    shape: { positionals: 1, flags: { 'secrets-provider': 'value', 'no-select': 'switch', stack: 'value' } },
    load: async () => import('./stack/init.ts')
  },
  {
    words: ['stack', 'select'],
    shape: { positionals: 1, flags: { stack: 'value' } },
    load: async () => import('./stack/select.ts')
  },
  {
    words: ['stack', 'ls'],
    shape: { positionals: 0, flags: { json: 'switch', all: 'switch' } },
    load: async () => import('./stack/ls.ts')
  },
  {
    words: ['stack', 'output'],
    shape: { positionals: 0, flags: { json: 'switch', 'show-secrets': 'switch', stack: 'value' } },
    load: async () => import('./stack/output.ts')
  },
  {
    words: ['stack', 'history'],
    shape: {
      positionals: 0,
      flags: { json: 'switch', 'show-secrets': 'switch', 'page-size': 'value', page: 'value', stack: 'value' }
    },
    load: async () => import('./stack/history.ts')
  },
  {
    words: ['stack', 'rm'],
    shape: { positionals: 1, flags: { yes: 'switch', force: 'switch', 'preserve-config': 'switch', stack: 'value' } },
    load: async () => import('./stack/rm.ts')
  },
  {
    words: ['stack', 'export'],
    shape: { positionals: 0, flags: { 'show-secrets': 'switch', file: 'value', stack: 'value' } },
    load: async () => import('./stack/export.ts')
  },
  {
    words: ['stack', 'import'],
    shape: { positionals: 0, flags: { file: 'value', force: 'switch', stack: 'value' } },
    load: async () => import('./stack/import.ts')
  },
  {
    words: ['cancel'],
    shape: { positionals: 1, flags: { yes: 'switch', stack: 'value' } },
    load: async () => import('./cancel.ts')
  },
  { words: ['up'], shape: { positionals: 0, flags: deployment }, load: async () => import('./up.ts') },
  { words: ['preview'], shape: { positionals: 0, flags: preview }, load: async () => import('./preview.ts') },
  {
    words: ['destroy'],
    shape: { positionals: 0, flags: { ...deployment, 'preview-only': 'switch' } },
    load: async () => import('./destroy.ts')
  },
  {
    words: ['refresh'],
    shape: { positionals: 0, flags: { ...deployment, 'preview-only': 'switch', 'clear-pending-creates': 'switch' } },
    load: async () => import('./refresh.ts')
  }
]
