import importX, { createNodeResolver } from 'eslint-plugin-import-x'
import neostandard from 'neostandard'
import tseslint from 'typescript-eslint'

/** Which layers of src/ a layer must not import; see docs/architecture.md. */
const pulumi = { group: ['@pulumi/*', '@grpc/*'], message: 'Only engine, stacks and sandbox may load Pulumi or gRPC.' }
const pgBoss = { group: ['pg-boss', 'pg-boss/*'], message: 'pg-boss belongs to operations/queue.ts and store/.' }
const from = (...layers) => ({
  group: layers.map((layer) => `**/${layer}/**`),
  message: 'This import points against the direction of the layers (docs/architecture.md).'
})

const layer = (files, ...patterns) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] }
})

export default [
  { ignores: ['node_modules/**', 'client/schema.d.ts', 'coverage/**', 'data/**'] },
  ...neostandard({ ts: true, noJsx: true }),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // A schema and its type share one name: `const Spec` and `type Spec` (style rule 4). tsc refuses real
      // redeclarations.
      '@typescript-eslint/no-redeclare': 'off',
      'no-console': 'error',
      '@stylistic/arrow-parens': ['error', 'always'],
      '@stylistic/member-delimiter-style': ['error', {
        multiline: { delimiter: 'none' }, singleline: { delimiter: 'comma', requireLast: false }
      }],
      '@stylistic/max-len': ['error', { code: 120, ignoreRegExpLiterals: true }]
    }
  },
  {
    files: ['src/**/*.ts'],
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts'] })],
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] }
    },
    plugins: { 'import-x': importX },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'max-depth': ['error', 3],
      'max-params': ['error', 3],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only config.ts reads the environment; pass values down.'
        }
      ],
      'no-restricted-syntax': ['error', { selector: 'TSEnumDeclaration', message: 'Use an as const object.' }]
    }
  },
  {
    files: [
      'src/config.ts',
      'src/engine/process/environment.ts',
      'src/engine/runner/environment.ts',
      'src/sandbox/*/environment.ts'
    ],
    rules: { 'no-restricted-properties': 'off' }
  },
  { files: ['scripts/**', 'bench/**', 'test/**', 'vitest.config.ts'], rules: { 'no-console': 'off' } },
  // A table of messages as engines and AWS word them.
  {
    files: ['test/unit/engine/translate/failures.test.ts'],
    rules: { '@stylistic/max-len': ['error', { code: 120, ignoreStrings: true, ignoreTemplateLiterals: true }] }
  },
  layer(
    ['src/schemas/**'],
    pulumi,
    pgBoss,
    from('spec', 'store', 'operations', 'engine', 'stacks', 'sandbox', 'routes', 'server', 'cloud')
  ),
  layer(
    ['src/spec/**'],
    pulumi,
    pgBoss,
    from('store', 'operations', 'engine', 'stacks', 'sandbox', 'routes', 'server', 'cloud')
  ),
  layer(['src/store/**'], pulumi, from('operations', 'engine', 'stacks', 'sandbox', 'routes', 'server', 'cloud')),
  layer(['src/operations/**'], pulumi, from('stacks', 'sandbox', 'routes', 'server')),
  layer(['src/engine/**'], from('store', 'operations', 'routes', 'server', 'cloud'), pgBoss),
  layer(
    ['src/cloud/**'],
    pulumi,
    pgBoss,
    from('store', 'operations', 'engine', 'stacks', 'sandbox', 'routes', 'server')
  ),
  layer(['src/stacks/**'], from('store', 'operations', 'engine', 'sandbox', 'routes', 'server', 'cloud'), pgBoss),
  layer(['src/sandbox/**'], from('store', 'operations', 'engine', 'stacks', 'routes', 'server', 'cloud'), pgBoss),
  layer(['src/routes/**'], pulumi, pgBoss, from('engine', 'stacks', 'sandbox', 'cloud', 'server'), {
    group: ['kysely'],
    message: 'No SQL in routes.'
  }),
  layer(['src/server/app.ts', 'src/server/plugins/**'], pulumi, pgBoss, from('stacks', 'sandbox'))
]
