import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { Environment } from '../../client/index.ts'
import { withService } from '../support/service/service.ts'

const run = promisify(execFile)
const tour = await readFile(new URL('../../docs/tour.md', import.meta.url), 'utf8')

const blocks = (language: string): string[] =>
  [...tour.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block)

/** Every command of the tour but the start of the service, in order, in one shell. */
const commands = blocks('sh').filter((block) => block !== 'npm start\n').join('')

test('every command of the tour does what the tour says', async () => {
  await withService(async ({ base, client }) => {
    const script = commands.replaceAll('localhost:8080', base)
    const { stdout } = await run('bash', ['-c', script], { maxBuffer: 50_000_000 })

    const [answer = ''] = blocks('json')
    expect(stdout).toContain(`"errors":${JSON.stringify(JSON.parse(answer))}`)

    const { data: deleted } = await client.GET('/environments', { params: { query: { phase: 'deleted' } } })
    const environments: Environment[] = deleted?.items ?? []
    expect(environments).toMatchObject([{ team: 'vision', name: 'training', generation: 2 }])
    expect(environments[0]?.conditions).toMatchObject([{ type: 'Drifted', status: false }])

    const { data: history } = await client.GET('/environments/{id}/operations', {
      params: { path: { id: environments[0]?.id ?? '' } }
    })
    expect(history?.items.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'delete succeeded',
      'update succeeded',
      'drift-check succeeded',
      'update succeeded',
      'preview succeeded',
      'create succeeded'
    ])
    const { data: left } = await client.GET('/sandbox/resources', {})
    expect(left?.items).toEqual([])
  })
})
