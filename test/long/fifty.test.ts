import { describe, expect, test } from 'vitest'
import { ended, environment, post, remove, resources, SPEC, withService } from '../support/service/service.ts'
import { leftOver, stateFiles } from '../support/service/data-folder.ts'

/** A quota of AWS Batch per account and region that AWS does not raise. */
const COMPUTE_ENVIRONMENTS = 50

describe('A full account', () => {
  test("takes 50 environments at once, refuses the 51st in AWS's words, and is empty after their deletes", async () => {
    await withService(
      async ({ client, dataDir }) => {
        const names = Array.from({ length: COMPUTE_ENVIRONMENTS }, (_, n) => `training-${n}`)
        const accepted = await Promise.all(names.map((name) => post(client, { ...SPEC, name })))
        const created = await Promise.all(accepted.map(({ operation }) => ended(client, operation)))
        expect(
          created.filter(({ operation }) => operation.state !== 'succeeded').map(({ operation }) => operation.error)
        ).toEqual([])
        const phases = await Promise.all(accepted.map(async ({ id }) => (await environment(client, id)).phase))
        expect(new Set(phases)).toEqual(new Set(['ready']))
        const computeEnvironments = (await resources(client)).filter(
          ({ type }) => type === 'aws:batch/computeEnvironment:ComputeEnvironment'
        )
        expect(computeEnvironments).toHaveLength(COMPUTE_ENVIRONMENTS)

        const tooMany = await post(client, { ...SPEC, name: 'one-too-many' })
        const refused = await ended(client, tooMany.operation)
        expect(refused.operation).toMatchObject({
          state: 'failed',
          error: { code: 'quota-exceeded', retryable: false }
        })
        expect(refused.operation.error?.detail).toMatch(/limit|exceeded|maximum/i)
        expect(refused.operation.error?.resource?.type).toBe('aws:batch/computeEnvironment:ComputeEnvironment')
        expect((await environment(client, tooMany.id)).phase).toBe('failed')

        const deletes = await Promise.all([...accepted, tooMany].map(({ id }) => remove(client, id)))
        const deleted = await Promise.all(deletes.map(({ operation }) => ended(client, operation)))
        expect(
          deleted.filter(({ operation }) => operation.state !== 'succeeded').map(({ operation }) => operation.error)
        ).toEqual([])
        expect(await resources(client)).toEqual([])
        expect(leftOver(await stateFiles(dataDir))).toEqual([])
      },
      { settings: { BATCHYARD_WORKER_CONCURRENCY: '4' } }
    )
  }, 900_000)
})
