import { describe, expect, it } from 'vitest'
import { program } from '../../../src/stacks/batch-environment.ts'
import { withCloud } from '../../support/aws/cloud.ts'
import { smallestEnvironment, withStackOn } from '../../support/aws/environment.ts'
import { enginesPresent } from '../../support/engine/engines.ts'

const engines = await enginesPresent()
const quiet = { showSecrets: false, suppressOutputs: true }

describe.each(engines)('an environment on the $kind engine', (engine) => {
  it('is created, unchanged by a second run, and destroyed to nothing', async () => {
    await withCloud(async (cloud) => {
      const { grpcPort } = await cloud.ensure()
      await withStackOn(engine, grpcPort, async (stack) => {
        const inline = async () => program(smallestEnvironment())
        const created = await stack.up({ ...quiet, program: inline })
        const resources = await cloud.control.resources()
        expect(created.outputs['ecs_cluster_name']?.value).toBe(
          resources.find(({ type }) => type.endsWith(':Cluster'))?.name
        )
        expect(resources.map(({ type }) => type.split(':').at(-1)).sort()).toEqual([
          'Bucket',
          'BucketLifecycleConfiguration',
          'BucketOwnershipControls',
          'BucketPolicy',
          'BucketPublicAccessBlock',
          'BucketServerSideEncryptionConfiguration',
          'Cluster',
          'ClusterCapacityProviders',
          'ComputeEnvironment',
          'JobDefinition',
          'JobQueue',
          'LogGroup',
          'Role',
          'Role',
          'RolePolicy',
          'RolePolicy',
          'SecurityGroup',
          'SecurityGroupEgressRule',
          'Service',
          'TaskDefinition'
        ])
        const tagged = resources.filter(
          ({ type, tags }) => tags['batchyard:team'] === 'vision' && !type.includes('Policy')
        )
        expect(tagged.length).toBe(12)
        const again = await stack.up({ ...quiet, program: inline })
        expect(Object.keys(again.summary.resourceChanges ?? {})).toEqual(['same'])
        await stack.destroy(quiet)
        expect(await cloud.control.resources()).toEqual([])
      })
    })
  })
})
