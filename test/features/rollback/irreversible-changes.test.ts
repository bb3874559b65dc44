import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { irreversibleChanges } from '../../../src/features/rollback/irreversible-changes.ts'

const object = (kind: string, rest: Record<string, unknown> = {}, metadata = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x', namespace: 'shop', ...metadata },
  ...rest,
})
const definition = (stored: string, more = {}) =>
  object('CustomResourceDefinition', {
    spec: { versions: ['v1', 'v2'].map((name) => ({ name, storage: name === stored })), ...more },
  })
const stateful = (spec: Record<string, unknown>) => object('StatefulSet', { spec })
const claim = (size: string) =>
  object('PersistentVolumeClaim', { spec: { resources: { requests: { storage: size } } } })
const hook = (image: string) => object('Job', { image }, { annotations: { 'helm.sh/hook': 'pre-upgrade' } })
const secret = (data: string) => object('Secret', { data: { a: data } })
const sealed = (data: string) => object('SealedSecret', { spec: { encryptedData: { a: data } } })
const external = (version: string) =>
  object('ExternalSecret', { spec: { data: [{ remoteRef: { version } }] } })
const mark = { 'drawbridge.dev/rollback': 'forward-only' }

/*
 * | what changes                          | appears | changes             | goes |
 * | Job, hooks too                        | yes     | yes                 | no   |
 * | definition of a kind                  | no      | its stored version  | yes  |
 * | StatefulSet                           | no      | its claim templates | no   |
 * | PersistentVolumeClaim, …Volume        | no      | yes                 | yes  |
 * | Secret, SealedSecret, ExternalSecret  | no      | yes                 | yes  |
 * | Namespace                             | no      | no                  | yes  |
 * | anything marked forward-only          | yes     | yes                 | no   |
 * | anything else                         | no      | no                  | no   |
 */
describe('irreversibleChanges', () => {
  it.each`
    case                            | before                               | after                                                       | found
    ${'an ordinary change'}         | ${object('Deployment')}              | ${object('Deployment', { spec: 2 })}                        | ${0}
    ${'an ordinary deletion'}       | ${object('Deployment')}              | ${undefined}                                                | ${0}
    ${'a new Job'}                  | ${undefined}                         | ${object('Job')}                                            | ${1}
    ${'the same Job'}               | ${object('Job')}                     | ${object('Job')}                                            | ${0}
    ${'a migration of a new image'} | ${hook('migrate:1')}                 | ${hook('migrate:2')}                                        | ${1}
    ${'a Job that goes'}            | ${object('Job')}                     | ${undefined}                                                | ${0}
    ${'a new definition'}           | ${undefined}                         | ${definition('v1')}                                         | ${0}
    ${'another stored version'}     | ${definition('v1')}                  | ${definition('v2')}                                         | ${1}
    ${'the same version'}           | ${definition('v1')}                  | ${definition('v1', { scope: 'Namespaced' })}                | ${0}
    ${'a definition that goes'}     | ${definition('v1')}                  | ${undefined}                                                | ${1}
    ${'claim templates'}            | ${stateful({})}                      | ${stateful({ volumeClaimTemplates: [1] })}                  | ${1}
    ${'more replicas of a set'}     | ${stateful({ replicas: 1 })}         | ${stateful({ replicas: 2 })}                                | ${0}
    ${'a larger claim'}             | ${claim('1Gi')}                      | ${claim('2Gi')}                                             | ${1}
    ${'a new claim'}                | ${undefined}                         | ${claim('1Gi')}                                             | ${0}
    ${'a claim that is given up'}   | ${claim('1Gi')}                      | ${undefined}                                                | ${1}
    ${'another volume'}             | ${object('PersistentVolume')}        | ${object('PersistentVolume', { spec: 1 })}                  | ${1}
    ${'a rotated secret'}           | ${secret('eA==')}                    | ${secret('eQ==')}                                           | ${1}
    ${'a new secret'}               | ${undefined}                         | ${secret('eQ==')}                                           | ${0}
    ${'a secret that goes'}         | ${secret('eQ==')}                    | ${undefined}                                                | ${1}
    ${'a sealed secret'}            | ${sealed('AgA')}                     | ${sealed('AgB')}                                            | ${1}
    ${'a secret of a vault'}        | ${external('1')}                     | ${external('2')}                                            | ${1}
    ${'a deleted namespace'}        | ${object('Namespace')}               | ${undefined}                                                | ${1}
    ${'marked by an annotation'}    | ${object('Deployment')}              | ${object('Deployment', { spec: 2 }, { annotations: mark })} | ${1}
    ${'marked by a label'}          | ${object('Deployment')}              | ${object('Deployment', { spec: 2 }, { labels: mark })}      | ${1}
    ${'marked, and not changed'}    | ${object('D', {}, { labels: mark })} | ${object('D', {}, { labels: mark })}                        | ${0}
    ${'marked, a Job'}              | ${undefined}                         | ${object('Job', {}, { labels: mark })}                      | ${2}
  `('$case: $found', ({ before, after, found }) => {
    const changes = irreversibleChanges(before ? [before] : [], after ? [after] : [])
    expect(changes).toHaveLength(found)
    expect(changes.join()).not.toContain('eQ==')
  })
})
