import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ecrRepository, imageProblem, parseImage } from '../../../src/spec/image.ts'

const SHA256 = 'a'.repeat(64)

describe('image references', () => {
  it.each([
    'python',
    'python:3.13',
    'library/python:latest',
    'docker.io/library/python',
    'public.ecr.aws/docker/library/python:3.13',
    'ghcr.io/team/tool:v1.2.3-rc.1',
    'registry.example.com:5000/a/b/c:_x',
    'quay.io/a__b/c-d---e.f:1',
    `alpine@sha256:${SHA256}`,
    `public.ecr.aws/docker/library/python:3.13@sha256:${SHA256}`,
    '123456789012.dkr.ecr.eu-central-1.amazonaws.com/vision/train:1',
    '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a',
    'a:5000/b',
    `x:${'t'.repeat(128)}`
  ])('%s is good', (image) => {
    expect(imageProblem(image)).toBeUndefined()
  })

  it.each([
    '',
    ' ',
    'my image',
    'python:',
    'python:3 13',
    ':3.13',
    '/python',
    'python/',
    'a//b',
    'Python',
    'ghcr.io/Team/tool',
    'MyTeam/tool',
    'python@',
    'python@sha256:abc',
    `python@sha256:${'A'.repeat(64)}`,
    `python@md5:${'a'.repeat(32)}`,
    `a@sha256:${SHA256}@sha256:${SHA256}`,
    'python:-x',
    'python:.x',
    `x:${'t'.repeat(129)}`,
    'a..b/c',
    'a___b',
    '-a',
    'a-',
    '_a',
    'a#b',
    'https://ghcr.io/a/b',
    'ghcr.io/',
    'ghcr.io:/a',
    'ghcr.io:99999/a',
    'ghcr.io:x/a',
    'gh_cr.io/a',
    '-ghcr.io/a',
    '[::1]:5000/a',
    'python\n',
    'python;rm',
    '$(id)',
    '<image>',
    'pythön',
    'localhost/a',
    'localhost:5000/a',
    `${'a/'.repeat(127)}ab`,
    '123456789012.dkr.ecr.eu-central-1.amazonaws.com:443/a',
    '123456789012.dkr.ecr.eu-centra-1.amazonaws.com/a',
    '123456789012.dkr.ecr.cn-north-1.amazonaws.com/a',
    '123456789012.dkr.ecr.us-east-1.amazonaws.com.cn/a',
    '123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/a',
    '123456789012.dkr-ecr.us-east-1.on.aws/a',
    '1234.dkr.ecr.us-east-1.amazonaws.com/a'
  ])('%j is refused with a reason', (image) => {
    expect(imageProblem(image)).toMatch(/\w{3,}/)
    expect(parseImage(image)).toBeUndefined()
  })

  it('are taken apart', () => {
    expect(parseImage(`Registry.Example.com:5000/a/b:1@sha256:${SHA256}`)).toEqual({
      host: 'registry.example.com', port: '5000', path: 'a/b', tag: '1', digest: `sha256:${SHA256}`
    })
    expect(parseImage('python')).toEqual({
      host: 'docker.io',
      port: undefined,
      path: 'python',
      tag: undefined,
      digest: undefined
    })
  })

  it('are checked in time proportional to their length, whatever they hold', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 300 }), fc.stringMatching(/^[a-z._:/@-]{0,300}$/)), (image) => {
        expect(imageProblem(image) === undefined).toBe(parseImage(image) !== undefined)
      })
    )
    expect(imageProblem('a-'.repeat(127))).toBeDefined()
  })
})

describe('private ECR repositories', () => {
  it('are told apart from every other registry', () => {
    expect(ecrRepository('123456789012.dkr.ecr.eu-central-1.amazonaws.com/vision/train:1')).toEqual({
      accountId: '123456789012',
      region: 'eu-central-1',
      repository: 'vision/train',
      name: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/vision/train'
    })
    expect(ecrRepository('public.ecr.aws/docker/library/python:3.13')).toBeUndefined()
    expect(ecrRepository('123456789012.dkr.ecr.eu-central-1.amazonaws.com.example.com/a')).toBeUndefined()
  })

  it('are recognised in any case of the host, as DNS does', () => {
    expect(ecrRepository('123456789012.DKR.ecr.eu-central-1.amazonaws.COM/a')?.name).toBe(
      '123456789012.dkr.ecr.eu-central-1.amazonaws.com/a'
    )
  })
})
