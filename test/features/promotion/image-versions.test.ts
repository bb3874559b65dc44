import { describe, expect, it } from 'vitest'
import { formatImage, parseImage, versionOf } from '../../../src/features/promotion/image-reference.ts'
import { imageVersions } from '../../../src/features/promotion/image-versions.ts'

const digest = `sha256:${'a'.repeat(64)}`

describe('parseImage', () => {
  it.each`
    image                       | name                      | version
    ${'nginx'}                  | ${'nginx'}                | ${''}
    ${'nginx:1.27'}             | ${'nginx'}                | ${'1.27'}
    ${'localhost:5000/nginx'}   | ${'localhost:5000/nginx'} | ${''}
    ${'localhost:5000/nginx:1'} | ${'localhost:5000/nginx'} | ${'1'}
    ${`shop/web@${digest}`}     | ${'shop/web'}             | ${digest}
    ${`shop/web:1@${digest}`}   | ${'shop/web'}             | ${`1@${digest}`}
  `('$image', ({ image, name, version }) => {
    const reference = parseImage(image)
    expect([reference.name, versionOf(reference)]).toEqual([name, version])
    expect(formatImage(name, version)).toBe(image)
  })
})

describe('imageVersions', () => {
  it('reads every kind that runs pods, init containers too, and leaves the rest', () => {
    const pod = { containers: [{ image: 'a:1' }], initContainers: [{ image: 'b:2' }] }
    const template = { spec: pod }
    const metadata = { name: 'x' }
    expect(
      imageVersions([
        { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { template } },
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          metadata,
          spec: { jobTemplate: { spec: { template: { spec: { containers: [{ image: 'a:0' }] } } } } },
        },
        { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ image: 'c' }, {}] } },
        { apiVersion: 'v1', kind: 'ConfigMap', metadata, spec: { template } },
        { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata },
      ]),
    ).toEqual({ a: '0,1', b: '2', c: '' })
  })
})
