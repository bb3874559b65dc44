import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { diffRenderings } from '../../../src/features/diff/diff-renderings.ts'
import { maskSecrets } from '../../../src/features/diff/mask-secrets.ts'
import { anObject, aSide, aWorkload } from './diff-builders.ts'

const canary = 'canary-4f1d'
const encoded = Buffer.from(canary).toString('base64')
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
const secret = (fields: Record<string, unknown>, more: Partial<KubernetesObject> = {}): KubernetesObject => ({
  ...anObject('Secret', fields),
  ...more,
})

describe('no value of a secret is shown', () => {
  it.each`
    where                          | object
    ${'data'}                      | ${secret({ data: { a: encoded } })}
    ${'stringData'}                | ${secret({ stringData: { a: canary } })}
    ${'a value of several lines'}  | ${secret({ stringData: { a: `first\n${canary}\nlast` } })}
    ${'a field of another name'}   | ${secret({ Data: { a: canary } })}
    ${'a nested field'}            | ${secret({ data: { a: { b: [canary] } } })}
    ${'another spelling'}          | ${secret({ data: { a: canary } }, { kind: 'SECRET' })}
    ${'another group'}             | ${secret({ data: { a: canary } }, { apiVersion: 'example.org/v1' })}
    ${'a List'}                    | ${anObject('List', { items: [secret({ data: { a: canary } })] })}
    ${'a SecretList'}              | ${anObject('SecretList', { items: [{ data: { a: canary } }] })}
    ${'another object'}            | ${anObject('Template', { spec: { object: secret({ data: { a: canary } }) } })}
    ${'the last applied copy'}     | ${anObject('Service', {}, { annotations: { [lastApplied]: `{"data":"${canary}"}` } })}
    ${'managedFields'}             | ${anObject('Service', {}, { managedFields: [{ fieldsV1: { [canary]: {} } }] })}
    ${'a password variable'}       | ${aWorkload({ container: { env: [{ name: 'DB_PASSWORD', value: canary }] } })}
    ${'a password in a ConfigMap'} | ${anObject('ConfigMap', { data: { 'api-key': canary } })}
  `('in $where', ({ object }) => {
    expect(JSON.stringify(maskSecrets(object, { maskKey: 'k' }))).not.toMatch(
      new RegExp(`${canary}|${encoded}`),
    )
    const other = JSON.parse(JSON.stringify(object).replaceAll('4f1d', '5e2c')) as KubernetesObject
    for (const sides of [
      [[object], [other]],
      [[object], []],
      [[], [object]],
    ] as const) {
      const diff = diffRenderings(aSide([...sides[0]]), aSide([...sides[1]]), { maskKey: 'k' })
      expect(JSON.stringify(diff)).not.toMatch(new RegExp(`${canary}|${encoded}`))
    }
  })
})

it('equal values have equal fingerprints, others do not, and the key decides', () => {
  const mask = (value: string, maskKey = 'k') => {
    const { data } = maskSecrets(secret({ data: { value } }), { maskKey })
    return (data as Record<string, string>).value
  }
  expect(mask('a')).toMatch(/^‹masked [0-9a-f]{8}›$/)
  expect(mask('a')).toBe(mask('a'))
  expect(mask('a')).not.toBe(mask('b'))
  expect(mask('a')).not.toBe(mask('a', 'another key'))
  expect(mask(mask('a') ?? '')).not.toBe(mask('a'))
})

it('shows that a secret changed, with its keys', () => {
  const diff = diffRenderings(
    aSide([secret({ data: { a: 'eA==' } })]),
    aSide([secret({ data: { a: 'eQ==' } })]),
    {
      maskKey: 'k',
    },
  )
  expect(diff.targets[0]?.objects[0]?.fields.map(({ field }) => field)).toEqual(['data.a'])
})

it.each`
  kept                            | object
  ${'references to secrets'}      | ${aWorkload({ container: { env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] } })}
  ${'whether a token is mounted'} | ${aWorkload({ pod: { automountServiceAccountToken: false } })}
  ${'the type of a secret'}       | ${secret({ type: 'Opaque', immutable: true })}
  ${'ordinary variables'}         | ${aWorkload({ container: { env: [{ name: 'LEVEL', value: 'info' }] } })}
`('leaves $kept as they are', ({ object }) => {
  expect(maskSecrets(object, { maskKey: 'k' })).toEqual(object)
})

it('masks further names on request', () => {
  const object = anObject('ConfigMap', { data: { 'connection-string': canary } })
  expect(
    JSON.stringify(maskSecrets(object, { maskKey: 'k', sensitive: ['connectionString'] })),
  ).not.toContain(canary)
})
