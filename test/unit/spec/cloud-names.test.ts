import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AUTO_SUFFIX, cloudNames, LIMITS } from '../../../src/spec/cloud-names.ts'
import { slug } from './arbitraries.ts'

const ID = 'env_01jd3x9c8qe5vb6k2m4n7p8r9s'
const identity = fc.record({ id: fc.stringMatching(/^env_[0-7][0-9a-hjkmnp-tv-z]{25}$/), team: slug, name: slug })

describe('names in the cloud', () => {
  it('are readable', () => {
    const names = cloudNames({ id: ID, team: 'vision', name: 'training' })
    expect({
      ...names,
      compute: names.compute('default'),
      queue: names.queue('default'),
      job: names.job('default')
    }).toEqual({
      cluster: 'batchyard-vision-training-7d0300d27596',
      taskFamily: 'batchyard-vision-training-7d0300d27596',
      bucket: 'batchyard-vision-training-7d0300d27596',
      logGroup: '/batchyard/vision/training-7d0300d27596',
      executionRole: 'batchyard-vision-training-7d0300d27596-execution',
      jobRole: 'batchyard-vision-training-7d0300d27596-job',
      roleSession: 'batchyard-vision-training-7d0300d27596',
      service: 'batchyard-vision-training-7d0300d27596',
      securityGroup: 'batchyard-vision-training-7d0300d27596',
      compute: 'batchyard-vision-training-7d0300d27596-default',
      queue: 'batchyard-vision-training-7d0300d27596-default',
      job: 'batchyard-vision-training-7d0300d27596-default'
    })
  })

  it('fit AWS\'s limits and forms whatever team, environment and entry are called', () => {
    fc.assert(fc.property(identity, slug, (identity, entry) => {
      const names = cloudNames(identity)
      for (const name of [names.queue(entry), names.job(entry), `${names.compute(entry)}${'x'.repeat(AUTO_SUFFIX)}`]) {
        expect(name).toMatch(/^[0-9A-Za-z][0-9A-Za-z_-]{0,127}$/)
      }
      for (const role of [names.executionRole, names.jobRole]) expect(role).toMatch(/^[\w+=,.@-]{1,64}$/)
      expect(names.roleSession).toMatch(/^[\w+=,.@-]{2,64}$/)
      expect(names.bucket).toMatch(/^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/)
      expect(names.bucket).not.toMatch(/(-s3alias|--ol-s3|--x-s3)$/)
      for (const name of [names.cluster, names.taskFamily]) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,255}$/)
      for (const name of [names.service, names.securityGroup]) {
        expect(name.length).toBeLessThanOrEqual(LIMITS.ecs - AUTO_SUFFIX)
      }
      expect(names.securityGroup).not.toMatch(/^sg-/)
      expect(names.logGroup).toMatch(/^[.\-_/#A-Za-z0-9]{1,512}$/)
    }))
  })

  it('are the same for the same environment', () => {
    fc.assert(fc.property(identity, slug, (identity, entry) => {
      const [one, other] = [cloudNames(identity), cloudNames({ ...identity })]
      expect(JSON.stringify(one)).toBe(JSON.stringify(other))
      expect(one.queue(entry)).toBe(other.queue(entry))
    }))
  })

  it('never meet, not even for a-b of c and a of b-c, nor for an environment made anew', () => {
    const flat = (...args: Parameters<typeof cloudNames>) => {
      const { compute, queue, job, ...names } = cloudNames(...args)
      return [...Object.values(names), compute('x1'), queue('x1'), job('x1')]
    }
    const other = 'env_01jd3x9c8qe5vb6k2m4n7p8r9t'
    const shared = flat({ id: ID, team: 'a-b', name: 'cc' }).filter((name) =>
      flat({ id: other, team: 'aa', name: 'b-cc' }).includes(name)
    )
    expect(shared).toEqual([])
    fc.assert(fc.property(identity, identity, (one, two) => {
      fc.pre(one.id !== two.id)
      expect(flat(one).filter((name) => flat({ ...one, id: two.id }).includes(name))).toEqual([])
      expect(flat(one).filter((name) => flat(two).includes(name))).toEqual([])
    }))
  })

  it('keep something of both where both are too long', () => {
    const names = cloudNames({
      id: ID,
      team: 'team-with-a-very-long-name-indeed',
      name: 'environment-with-a-long-name'
    })
    expect(names.executionRole).toMatch(/^batchyard-team-.*-environment-.*[0-9a-f]{12}-execution$/)
    expect(names.executionRole).not.toMatch(/--/)
  })
})
