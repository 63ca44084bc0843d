import { describe, expect, test } from 'vitest'
import { ConfigError, loadConfig } from '../../src/config.ts'

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    loadConfig(environment)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('Settings', () => {
  test('without any, the service is a sandbox on a loopback address', () => {
    expect(loadConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      cloud: 'sandbox',
      engine: 'auto',
      loopback: true,
      databaseUrl: undefined
    })
  })

  test('all wrong ones are named at once', () => {
    const problems = problemsOf({
      BATCHYARD_PORT: 'abc',
      BATCHYARD_CLOUD: 'gcp',
      BATCHYARD_WORKER_CONCURRENCY: '0',
      DATABASE_URL: 'mysql://x'
    })
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(
      expect.arrayContaining(['BATCHYARD_PORT', 'BATCHYARD_CLOUD', 'BATCHYARD_WORKER_CONCURRENCY', 'DATABASE_URL']))
    expect(problems).toHaveLength(4)
  })

  test('a misspelt one is an error and not ignored', () => {
    expect(problemsOf({ BATCHYARD_PROT: '80' })).toEqual(['BATCHYARD_PROT: there is no such setting'])
  })

  test('roles that share the work need a database that can be shared', () => {
    for (const role of ['api', 'worker']) {
      expect(problemsOf({ BATCHYARD_ROLE: role })).toEqual([
        expect.stringMatching(`^DATABASE_URL: .* BATCHYARD_ROLE is ${role}`)
      ])
      expect(problemsOf({ BATCHYARD_ROLE: role, DATABASE_URL: 'postgres://db/batchyard' })).toEqual([])
    }
    expect(problemsOf({ BATCHYARD_ROLE: 'all' })).toEqual([])
  })

  test('a host counts as gone only after its workers have ended their engines', () => {
    expect(problemsOf({ BATCHYARD_INTERRUPT_SECONDS: '600' })).toEqual([
      'BATCHYARD_HOST_GONE_SECONDS: must be 720 or more, as BATCHYARD_INTERRUPT_SECONDS is 600'
    ])
    const config = loadConfig({ BATCHYARD_INTERRUPT_SECONDS: '600', BATCHYARD_HOST_GONE_SECONDS: '720' })
    expect(config.databaseOutageSeconds).toBe(60)
  })

  test('production must name its cloud', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).toEqual([expect.stringContaining('BATCHYARD_CLOUD')])
    expect(problemsOf({ NODE_ENV: 'production', BATCHYARD_CLOUD: 'aws' })).toEqual([])
  })

  test('a wrong secret is named and never repeated', () => {
    const [problem] = problemsOf({ BATCHYARD_ADMIN_KEY: 'too-short-secret' })
    expect(problem).toContain('BATCHYARD_ADMIN_KEY')
    expect(problem).not.toContain('too-short-secret')
  })

  test.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['127.evil.example', false]
  ])('the address %s is loopback: %s', (host, loopback) => {
    expect(loadConfig({ BATCHYARD_HOST: host }).loopback).toBe(loopback)
  })

  test('the settings cannot be changed afterwards', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true)
  })
})
