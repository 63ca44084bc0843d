/**
 * Writes what is generated from the code: openapi/openapi.json, the client's types, docs/errors.md, docs/spec.md, and
 * the parts between markers in docs/settings.md and docs/provisioner-policy.md.
 */
import { readFile, writeFile } from 'node:fs/promises'
import openapiTypescript, { astToString } from 'openapi-typescript'
import { OPERATION_CODES, REQUEST_CODES, adviceFor, type OperationCode } from '../src/error-codes.ts'
import { SETTINGS } from '../src/settings.ts'
import { documentedApp } from './documented-app.ts'
import { specPage } from './spec-page.ts'

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
    .map(([code, { retryable, title }]) =>
      `| \`${code}\` | ${retryable ? 'yes' : 'no'} | ${title} | ${adviceFor(code as OperationCode, true)} |`)
  return `# Errors

\`npm run generate\` writes this page from \`src/error-codes.ts\`. A code that is retired is never used again.

## Errors of requests

\`application/problem+json\` (RFC 9457) with \`type\`, \`title\`, \`status\`, \`detail\`, \`code\`, \`requestId\`,
and \`errors[]\` with a JSON pointer and a message for every wrong field (the first 100).
\`type\` is \`urn:batchyard:problem:<code>\`.

| code | status | title |
|---|---|---|
${requests.join('\n')}

## Errors of operations

They are in an operation's \`error\`: the same shape without \`status\` and \`requestId\`, and with \`retryable\`,
\`next\`, the resource, and the cloud's own request id if there is one.

| code | can a retry help | title | what to do next |
|---|---|---|---|
${operations.join('\n')}
`
}

interface Setting { default?: unknown, description?: string }

function settingsTable (): string {
  const rows = Object.entries(SETTINGS.properties as Record<string, Setting>).map(([name, setting]) => {
    const value = setting.default === undefined ? '' : `\`${String(setting.default)}\``
    return `| \`${name}\` | ${value} | ${setting.description ?? ''} |`
  })
  return ['| setting | default | meaning |', '|---|---|---|', ...rows].join('\n')
}

/** Puts `text` between a document's markers of that name. */
function replaceMarked (document: string, name: string, text: string): string {
  const marked = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!marked.test(document)) throw new Error(`no markers for ${name}`)
  return document.replace(marked, (_, before: string, after: string) => `${before}${text}\n${after}`)
}

async function writeMarked (file: string, name: string, text: string): Promise<void> {
  const document = await readFile(path(file), 'utf8')
  await writeFile(path(file), replaceMarked(document, name, text))
}

const policy = await readFile(path('docs/provisioner-policy.json'), 'utf8')
await writeOpenapi()
await writeFile(path('docs/errors.md'), errorsPage())
await writeFile(path('docs/spec.md'), specPage())
await writeMarked('docs/settings.md', 'settings', settingsTable())
await writeMarked('docs/provisioner-policy.md', 'policy', `\n\`\`\`json\n${policy}\`\`\`\n`)
