import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { findDangers, noteCodes, type ObjectChange } from '../../../src/features/diff/dangers.ts'
import { foldMeaning } from '../../../src/features/diff/fold-noise.ts'
import { shapeOf } from '../../../src/features/diff/kubernetes-shapes.ts'
import { neighboursAmong } from '../../../src/features/diff/neighbours.ts'
import { describeRestart, findRestart } from '../../../src/features/diff/pods-restart.ts'
import { anObject, aWorkload } from './diff-builders.ts'

const none = neighboursAmong([])

function codes(before: KubernetesObject | undefined, after: KubernetesObject | undefined): string[] {
  const change: ObjectChange['change'] = !before ? 'added' : !after ? 'removed' : 'changed'
  return findDangers({ change, before, after, neighbours: none, formerNeighbours: none })
    .map(({ code }) => code)
    .filter((code) => !noteCodes.has(code))
}

const w = aWorkload
const limits = (memory: string) => w({ container: { resources: { limits: { memory } } } })
const requests = (cpu?: string) => w({ container: { resources: { requests: cpu ? { cpu } : {} } } })
const probe = (...names: string[]) =>
  w({ container: Object.fromEntries(names.map((name) => [name, { httpGet: {} }])) })
const role = (...rules: object[]) => anObject('Role', { rules })
const binding = (name: string, ...subjects: string[]) =>
  anObject('ClusterRoleBinding', {
    roleRef: { name },
    subjects: subjects.map((subject) => ({ kind: 'User', name: subject })),
  })
const claim = (storage: string) =>
  anObject('PersistentVolumeClaim', { spec: { resources: { requests: { storage } } } })
const read = { apiGroups: [''], resources: ['pods'], verbs: ['get'] }
const volume = (source: object) => w({ pod: { volumes: [{ name: 'v', ...source }] } })
const service = (type: string) => anObject('Service', { spec: { type } })

/** Each rule with what it must flag, and the harmless change that looks most like it. */
describe('a change is flagged, its harmless counterpart is not', () => {
  it.each`
    case                                  | before                                                          | after                                                               | expected
    ${'selector changed'}                 | ${w()}                                                          | ${w({ spec: { selector: { matchLabels: { app: 'x' } } } })}         | ${['immutable-field']}
    ${'replicas changed'}                 | ${w()}                                                          | ${w({ spec: { replicas: 3 } })}                                     | ${[]}
    ${'claim templates changed'}          | ${w({ kind: 'StatefulSet' })}                                   | ${w({ kind: 'StatefulSet', spec: { volumeClaimTemplates: [{}] } })} | ${['immutable-field']}
    ${'template of a Job changed'}        | ${w({ kind: 'Job' })}                                           | ${w({ kind: 'Job', image: 'shop/checkout:2' })}                     | ${['immutable-field']}
    ${'roleRef changed'}                  | ${binding('view', 'ada')}                                       | ${binding('edit', 'ada')}                                           | ${['immutable-field']}
    ${'storage class parameters changed'} | ${anObject('StorageClass', { parameters: { a: '1' } })}         | ${anObject('StorageClass', { parameters: { a: '2' } })}             | ${['immutable-field']}
    ${'claim shrunk'}                     | ${claim('2Gi')}                                                 | ${claim('1Gi')}                                                     | ${['immutable-field']}
    ${'claim grown'}                      | ${claim('1Gi')}                                                 | ${claim('2Gi')}                                                     | ${[]}
    ${'sealed data changed'}              | ${anObject('ConfigMap', { immutable: true, data: { a: '1' } })} | ${anObject('ConfigMap', { immutable: true, data: { a: '2' } })}     | ${['immutable-field']}
    ${'open data changed'}                | ${anObject('ConfigMap', { data: { a: '1' } })}                  | ${anObject('ConfigMap', { data: { a: '2' } })}                      | ${[]}
    ${'clusterIP written down'}           | ${anObject('Service', { spec: {} })}                            | ${anObject('Service', { spec: { clusterIP: '10.0.0.1' } })}         | ${[]}
    ${'replicas to 0'}                    | ${w()}                                                          | ${w({ spec: { replicas: 0 } })}                                     | ${['replicas-to-zero']}
    ${'replicas to 1'}                    | ${w()}                                                          | ${w({ spec: { replicas: 1 } })}                                     | ${[]}
    ${'replicas stay 0'}                  | ${w({ spec: { replicas: 0 } })}                                 | ${w({ spec: { replicas: 0 }, image: 'a:2' })}                       | ${[]}
    ${'new with 0 replicas'}              | ${undefined}                                                    | ${w({ spec: { replicas: 0 } })}                                     | ${[]}
    ${'image to :latest'}                 | ${w()}                                                          | ${w({ image: 'shop/checkout:latest' })}                             | ${['image-latest']}
    ${'image without tag'}                | ${w()}                                                          | ${w({ image: 'shop/checkout' })}                                    | ${['image-latest']}
    ${'new with :latest'}                 | ${undefined}                                                    | ${w({ image: 'shop/checkout:latest' })}                             | ${['image-latest']}
    ${'image to another tag'}             | ${w()}                                                          | ${w({ image: 'shop/checkout:1.1.0' })}                              | ${[]}
    ${'image by digest'}                  | ${w()}                                                          | ${w({ image: 'shop/checkout@sha256:aa' })}                          | ${[]}
    ${'image stays :latest'}              | ${w({ image: 'a:latest' })}                                     | ${w({ image: 'a:latest', spec: { replicas: 3 } })}                  | ${[]}
    ${'rule with * added'}                | ${role(read)}                                                   | ${role(read, { ...read, verbs: ['*'] })}                            | ${['rbac-widened']}
    ${'rule with escalate added'}         | ${role(read)}                                                   | ${role(read, { ...read, verbs: ['escalate'] })}                     | ${['rbac-widened']}
    ${'ordinary rule added'}              | ${role(read)}                                                   | ${role(read, { ...read, resources: ['nodes'] })}                    | ${[]}
    ${'rule with * removed'}              | ${role(read, { ...read, verbs: ['*'] })}                        | ${role(read)}                                                       | ${[]}
    ${'cluster-admin bound'}              | ${undefined}                                                    | ${binding('cluster-admin', 'ada')}                                  | ${['rbac-widened']}
    ${'subject of cluster-admin added'}   | ${binding('cluster-admin', 'ada')}                              | ${binding('cluster-admin', 'ada', 'bob')}                           | ${['rbac-widened']}
    ${'everybody bound'}                  | ${binding('view', 'ada')}                                       | ${binding('view', 'ada', 'system:authenticated')}                   | ${['rbac-widened']}
    ${'subject of view added'}            | ${binding('view', 'ada')}                                       | ${binding('view', 'ada', 'bob')}                                    | ${[]}
    ${'PersistentVolumeClaim deleted'}    | ${claim('1Gi')}                                                 | ${undefined}                                                        | ${['stateful-deleted']}
    ${'CRD deleted'}                      | ${anObject('CustomResourceDefinition')}                         | ${undefined}                                                        | ${['stateful-deleted']}
    ${'Namespace deleted'}                | ${anObject('Namespace')}                                        | ${undefined}                                                        | ${['stateful-deleted']}
    ${'StatefulSet deleted'}              | ${w({ kind: 'StatefulSet' })}                                   | ${undefined}                                                        | ${['stateful-deleted']}
    ${'ConfigMap deleted'}                | ${anObject('ConfigMap')}                                        | ${undefined}                                                        | ${[]}
    ${'hostPath added'}                   | ${w()}                                                          | ${volume({ hostPath: { path: '/etc' } })}                           | ${['host-path']}
    ${'emptyDir added'}                   | ${w()}                                                          | ${volume({ emptyDir: {} })}                                         | ${[]}
    ${'privileged'}                       | ${w()}                                                          | ${w({ container: { securityContext: { privileged: true } } })}      | ${['privileged']}
    ${'privileged said to be false'}      | ${w()}                                                          | ${w({ container: { securityContext: { privileged: false } } })}     | ${[]}
    ${'host network'}                     | ${w()}                                                          | ${w({ pod: { hostNetwork: true } })}                                | ${['host-namespace']}
    ${'host network no more'}             | ${w({ pod: { hostNetwork: true } })}                            | ${w()}                                                              | ${[]}
    ${'requests removed'}                 | ${requests('1')}                                                | ${requests()}                                                       | ${['requests-removed']}
    ${'requests lowered'}                 | ${requests('1')}                                                | ${requests('500m')}                                                 | ${[]}
    ${'memory limit lowered'}             | ${limits('1Gi')}                                                | ${limits('512Mi')}                                                  | ${['memory-limit-lowered']}
    ${'memory limit written differently'} | ${limits('1Gi')}                                                | ${limits('1024Mi')}                                                 | ${[]}
    ${'memory limit raised'}              | ${limits('1Gi')}                                                | ${limits('2Gi')}                                                    | ${[]}
    ${'budget removed'}                   | ${anObject('PodDisruptionBudget')}                              | ${undefined}                                                        | ${['disruption-budget-removed']}
    ${'budget added'}                     | ${undefined}                                                    | ${anObject('PodDisruptionBudget')}                                  | ${[]}
    ${'Service to LoadBalancer'}          | ${service('ClusterIP')}                                         | ${service('LoadBalancer')}                                          | ${['service-exposed']}
    ${'Service to ClusterIP'}             | ${service('LoadBalancer')}                                      | ${service('ClusterIP')}                                             | ${[]}
    ${'probe removed'}                    | ${probe('readinessProbe', 'livenessProbe')}                     | ${probe('livenessProbe')}                                           | ${['probe-removed']}
    ${'probe added'}                      | ${probe('readinessProbe')}                                      | ${probe('readinessProbe', 'livenessProbe')}                         | ${[]}
  `('$case → $expected', ({ before, after, expected }) => {
    expect(codes(before, after)).toEqual(expected)
  })
})

describe('which pods restart', () => {
  const restart = (before: KubernetesObject, after: KubernetesObject) => {
    const found = findRestart(foldMeaning(before, after, shapeOf(after)).before, after, none)
    return found && describeRestart(found)
  }

  it.each`
    case                      | before                                       | after                                                                                                           | sentence
    ${'image'}                | ${w()}                                       | ${w({ image: 'shop/checkout:1.1.0' })}                                                                          | ${'Its 2 pods restart: the image of app changes from shop/checkout:1.0.0 to shop/checkout:1.1.0.'}
    ${'checksum'}             | ${w({ annotations: { 'checksum/a': '1' } })} | ${w({ annotations: { 'checksum/a': '2' } })}                                                                    | ${'Its 2 pods restart: a checksum of its configuration changes.'}
    ${'first annotation'}     | ${w()}                                       | ${w({ annotations: { a: '1' } })}                                                                               | ${'Its 2 pods restart: its annotations change.'}
    ${'second container'}     | ${w()}                                       | ${w({ pod: { containers: [{ name: 'app', image: 'shop/checkout:1.0.0' }, { name: 'proxy', image: 'p:1' }] } })} | ${'Its 2 pods restart: the container proxy is added.'}
    ${'annotation'}           | ${w({ annotations: { restarted: '1' } })}    | ${w({ annotations: { restarted: '2' } })}                                                                       | ${'Its 2 pods restart: the annotation restarted changes.'}
    ${'variable'}             | ${w({ container: { env: [] } })}             | ${w({ container: { env: [{ name: 'A', value: '1' }] } })}                                                       | ${'Its 2 pods restart: environment variables of app change.'}
    ${'amount, same meaning'} | ${limits('1Gi')}                             | ${limits('1024Mi')}                                                                                             | ${undefined}
    ${'replicas'}             | ${w()}                                       | ${w({ spec: { replicas: 3 } })}                                                                                 | ${undefined}
    ${'metadata'}             | ${w()}                                       | ${w({ metadata: { labels: { a: 'b' } } })}                                                                      | ${undefined}
    ${'a CronJob'}            | ${anObject('CronJob', { spec: { a: 1 } })}   | ${anObject('CronJob', { spec: { a: 2 } })}                                                                      | ${undefined}
  `('$case', ({ before, after, sentence }) => {
    expect(restart(before, after)).toBe(sentence)
  })
})
