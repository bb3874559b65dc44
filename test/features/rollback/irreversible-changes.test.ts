import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { irreversibleChanges } from '../../../src/features/rollback/irreversible-changes.ts'

describe('irreversibleChanges', () => {
  const object = (kind: string, rest: Record<string, unknown> = {}, annotations = {}): KubernetesObject => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'x', namespace: 'shop', annotations },
    ...rest,
  })
  const crd = (stored: string) =>
    object('CustomResourceDefinition', {
      spec: { versions: ['v1', 'v2'].map((name) => ({ name, storage: name === stored })) },
    })
  it.each`
    case                        | before                                             | after                                                                      | found
    ${'an ordinary change'}     | ${object('Deployment', { spec: { replicas: 1 } })} | ${object('Deployment', { spec: { replicas: 2 } })}                         | ${0}
    ${'a new Job'}              | ${undefined}                                       | ${object('Job')}                                                           | ${1}
    ${'the same Job'}           | ${object('Job')}                                   | ${object('Job')}                                                           | ${0}
    ${'another stored version'} | ${crd('v1')}                                       | ${crd('v2')}                                                               | ${1}
    ${'the same version'}       | ${crd('v1')}                                       | ${crd('v1')}                                                               | ${0}
    ${'volumes'}                | ${object('StatefulSet', { spec: {} })}             | ${object('StatefulSet', { spec: { volumeClaimTemplates: [1] } })}          | ${1}
    ${'a claim'}                | ${object('PersistentVolumeClaim', { spec: 1 })}    | ${object('PersistentVolumeClaim', { spec: 2 })}                            | ${1}
    ${'a secret'}               | ${object('Secret', { data: { a: 'eA==' } })}       | ${object('Secret', { data: { a: 'eQ==' } })}                               | ${1}
    ${'marked'}                 | ${object('Deployment')}                            | ${object('Deployment', {}, { 'drawbridge.dev/rollback': 'forward-only' })} | ${1}
  `('$case: $found', ({ before, after, found }) => {
    const changes = irreversibleChanges(before ? [before] : [], [after])
    expect(changes).toHaveLength(found)
    expect(changes.join()).not.toContain('eQ==')
  })
})
