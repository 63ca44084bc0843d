/** Writes what is made from the code: OpenAPI, the client's types, docs/errors.md and the README's table of settings. */
import { readFile, writeFile } from 'node:fs/promises'
import openapiTypescript, { astToString } from 'openapi-typescript'
import { SETTINGS } from '../src/config.ts'
import { OPERATION_CODES, REQUEST_CODES } from '../src/errors.ts'
import { documentedApp } from './documented-app.ts'

const path = (name: string): URL => new URL(`../${name}`, import.meta.url)

async function writeOpenapi (): Promise<void> {
  const app = await documentedApp()
  const json = `${JSON.stringify(app.swagger(), null, 2)}\n`
  await app.close()
  await writeFile(path('openapi/openapi.json'), json)
  const types = astToString(await openapiTypescript(json))
  await writeFile(path('client/schema.d.ts'), `// Made from openapi/openapi.json by \`npm run generate\`.\n${types}`)
}

function errorsPage (): string {
  const requests = Object.entries(REQUEST_CODES).map(
    ([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`
  )
  const operations = Object.entries(OPERATION_CODES)
    .map(([code, { retryable, title, next }]) => `| \`${code}\` | ${retryable ? 'yes' : 'no'} | ${title} | ${next} |`)
  return `# Errors

Made from \`src/errors.ts\` by \`npm run generate\`. A code that is retired is never used again.

## Answers to requests

\`application/problem+json\` (RFC 9457): \`type\`, \`title\`, \`status\`, \`detail\`, \`code\`, \`requestId\`, and \`errors[]\` with a JSON pointer and a
message for every wrong field, the first 100 of them. \`type\` is \`urn:batchyard:problem:<code>\`.

| code | status | title |
|---|---|---|
${requests.join('\n')}

## Errors of operations

In an operation's \`error\`: the same shape without \`status\` and \`requestId\`, and \`retryable\`, \`next\`, the resource, and the cloud's own request id
where there is one.

| code | can a retry help | title | what to do next |
|---|---|---|---|
${operations.join('\n')}
`
}

interface Setting { default?: unknown, description?: string }

function settingsTable (): string {
  const rows = Object.entries(SETTINGS.properties as Record<string, Setting>).map(
    ([name, setting]) =>
      `| \`${name}\` | ${setting.default === undefined ? '' : `\`${String(setting.default)}\``} | ${setting.description ?? ''} |`
  )
  return ['| setting | default | meaning |', '|---|---|---|', ...rows].join('\n')
}

/** Puts `text` between the README's markers of that name. */
function replaceMarked (readme: string, name: string, text: string): string {
  const marked = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!marked.test(readme)) throw new Error(`README.md has no place for ${name}`)
  return readme.replace(marked, (_, before: string, after: string) => `${before}${text}\n${after}`)
}

async function writeReadme (): Promise<void> {
  const policy = await readFile(path('docs/provisioner-policy.json'), 'utf8')
  const readme = await readFile(path('README.md'), 'utf8')
  const withPolicy = replaceMarked(readme, 'policy', `\n\`\`\`json\n${policy}\`\`\`\n`)
  await writeFile(path('README.md'), replaceMarked(withPolicy, 'settings', settingsTable()))
}

await writeOpenapi()
await writeFile(path('docs/errors.md'), errorsPage())
await writeReadme()
