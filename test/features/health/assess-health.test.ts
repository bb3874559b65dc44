import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { assessHealth } from '../../../src/features/health/assess-health.ts'

const now = Date.parse('2026-11-20T16:30:00Z')

type Parts = { spec?: object; status?: object; metadata?: object }

function anObject(apiVersion: string, kind: string, { spec, status, metadata }: Parts): KubernetesObject {
  return {
    apiVersion,
    kind,
    metadata: { name: 'x', namespace: 'shop', generation: 2, ...metadata },
    ...(spec && { spec }),
    ...(status && { status }),
  }
}

const available = { type: 'Available', status: 'True' }
const complete = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' }
const full = {
  observedGeneration: 2,
  replicas: 2,
  updatedReplicas: 2,
  readyReplicas: 2,
  availableReplicas: 2,
}
const done = { ...full, conditions: [available, complete] }
const noDeadline = 2 ** 31 - 1
const is = (type: string, status = 'True') => ({ type, status })

describe('health of a Deployment', () => {
  it.each`
    case                          | spec                                                    | status                                                                                     | expected
    ${'everything is there'}      | ${{ replicas: 2 }}                                      | ${done}                                                                                    | ${'Healthy'}
    ${'no status yet'}            | ${{ replicas: 2 }}                                      | ${undefined}                                                                               | ${'Progressing'}
    ${'an older generation seen'} | ${{ replicas: 2 }}                                      | ${{ ...done, observedGeneration: 1 }}                                                      | ${'Progressing'}
    ${'too few pods'}             | ${{ replicas: 3 }}                                      | ${done}                                                                                    | ${'Progressing'}
    ${'pods not updated'}         | ${{ replicas: 2 }}                                      | ${{ ...done, updatedReplicas: 1 }}                                                         | ${'Progressing'}
    ${'old pods left'}            | ${{ replicas: 2 }}                                      | ${{ ...done, replicas: 3 }}                                                                | ${'Progressing'}
    ${'updated not available'}    | ${{ replicas: 2 }}                                      | ${{ ...done, availableReplicas: 1 }}                                                       | ${'Progressing'}
    ${'pods not ready'}           | ${{ replicas: 2 }}                                      | ${{ ...done, readyReplicas: 1 }}                                                           | ${'Progressing'}
    ${'not Available'}            | ${{ replicas: 2 }}                                      | ${{ ...full, conditions: [complete] }}                                                     | ${'Progressing'}
    ${'no Progressing'}           | ${{ replicas: 2, progressDeadlineSeconds: 600 }}        | ${{ ...full, conditions: [available] }}                                                    | ${'Progressing'}
    ${'no deadline written'}      | ${{ replicas: 2 }}                                      | ${{ ...full, conditions: [available] }}                                                    | ${'Healthy'}
    ${'stalled said first'}       | ${{ replicas: 2 }}                                      | ${{ ...full, conditions: [is('Stalled'), is('Reconciling')] }}                             | ${'Degraded'}
    ${'nothing, nothing seen'}    | ${{ replicas: 0 }}                                      | ${undefined}                                                                               | ${'Progressing'}
    ${'no deadline set'}          | ${{ replicas: 2, progressDeadlineSeconds: noDeadline }} | ${{ ...full, conditions: [available] }}                                                    | ${'Healthy'}
    ${'deadline exceeded'}        | ${{ replicas: 2 }}                                      | ${{ ...full, conditions: [{ ...complete, reason: 'ProgressDeadlineExceeded' }] }}          | ${'Degraded'}
    ${'scaled to nothing'}        | ${{ replicas: 0 }}                                      | ${{ observedGeneration: 2, conditions: [available, complete] }}                            | ${'Healthy'}
    ${'stalled'}                  | ${{ replicas: 2 }}                                      | ${{ ...full, conditions: [{ type: 'Stalled', status: 'True' }] }}                          | ${'Degraded'}
    ${'reconciling'}              | ${{ replicas: 2 }}                                      | ${{ ...full, conditions: [available, complete, { type: 'Reconciling', status: 'True' }] }} | ${'Progressing'}
  `('$case → $expected', ({ spec, status, expected }) => {
    expect(assessHealth(anObject('apps/v1', 'Deployment', { spec, status }), now).status).toBe(expected)
  })
})

const setDone = {
  observedGeneration: 2,
  replicas: 2,
  readyReplicas: 2,
  currentReplicas: 2,
  updatedReplicas: 2,
  currentRevision: 'b',
  updateRevision: 'b',
}
const partition = (value: number) => ({ updateStrategy: { rollingUpdate: { partition: value } } })
const daemonDone = {
  observedGeneration: 2,
  desiredNumberScheduled: 3,
  currentNumberScheduled: 3,
  updatedNumberScheduled: 3,
  numberAvailable: 3,
  numberReady: 3,
}
const replicaDone = {
  observedGeneration: 2,
  replicas: 2,
  fullyLabeledReplicas: 2,
  availableReplicas: 2,
  readyReplicas: 2,
}
const since = (seconds: number) => new Date(now - seconds * 1000).toISOString()
const unschedulable = {
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
}
const aged = (seconds: number) => ({ metadata: { creationTimestamp: since(seconds) } })
const crashing = {
  phase: 'Running',
  containerStatuses: [{ name: 'app', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
}
const says = (type: string, status = 'True') => ({ conditions: [is(type, status)] })

describe('health of other kinds', () => {
  it.each`
    case                          | api                                                   | spec                                               | status                                                      | expected
    ${'set complete'}             | ${'apps/v1 StatefulSet'}                              | ${{ replicas: 2 }}                                 | ${setDone}                                                  | ${'Healthy'}
    ${'set updates on delete'}    | ${'apps/v1 StatefulSet'}                              | ${{ updateStrategy: { type: 'OnDelete' } }}        | ${{}}                                                       | ${'Healthy'}
    ${'set with too few pods'}    | ${'apps/v1 StatefulSet'}                              | ${{ replicas: 3 }}                                 | ${setDone}                                                  | ${'Progressing'}
    ${'set with pods not ready'}  | ${'apps/v1 StatefulSet'}                              | ${{ replicas: 2 }}                                 | ${{ ...setDone, readyReplicas: 1 }}                         | ${'Progressing'}
    ${'set with pods too many'}   | ${'apps/v1 StatefulSet'}                              | ${{ replicas: 1 }}                                 | ${setDone}                                                  | ${'Progressing'}
    ${'set between revisions'}    | ${'apps/v1 StatefulSet'}                              | ${{ replicas: 2 }}                                 | ${{ ...setDone, currentRevision: 'a' }}                     | ${'Progressing'}
    ${'partition reached'}        | ${'apps/v1 StatefulSet'}                              | ${{ replicas: 2, ...partition(1) }}                | ${{ ...setDone, updatedReplicas: 1, currentRevision: 'a' }} | ${'Healthy'}
    ${'partition not reached'}    | ${'apps/v1 StatefulSet'}                              | ${{ replicas: 2, ...partition(1) }}                | ${{ ...setDone, updatedReplicas: 0 }}                       | ${'Progressing'}
    ${'daemon on every node'}     | ${'apps/v1 DaemonSet'}                                | ${{}}                                              | ${daemonDone}                                               | ${'Healthy'}
    ${'daemon not observed'}      | ${'apps/v1 DaemonSet'}                                | ${{}}                                              | ${{ desiredNumberScheduled: 0 }}                            | ${'Progressing'}
    ${'daemon not updated'}       | ${'apps/v1 DaemonSet'}                                | ${{}}                                              | ${{ ...daemonDone, updatedNumberScheduled: 2 }}             | ${'Progressing'}
    ${'replica set complete'}     | ${'apps/v1 ReplicaSet'}                               | ${{ replicas: 2 }}                                 | ${replicaDone}                                              | ${'Healthy'}
    ${'replica set cannot'}       | ${'apps/v1 ReplicaSet'}                               | ${{ replicas: 2 }}                                 | ${{ ...replicaDone, ...says('ReplicaFailure') }}            | ${'Progressing'}
    ${'replica set too many'}     | ${'apps/v1 ReplicaSet'}                               | ${{ replicas: 1 }}                                 | ${replicaDone}                                              | ${'Progressing'}
    ${'pod ready'}                | ${'v1 Pod'}                                           | ${{}}                                              | ${{ phase: 'Running', ...says('Ready') }}                   | ${'Healthy'}
    ${'pod not ready'}            | ${'v1 Pod'}                                           | ${{}}                                              | ${{ phase: 'Running', ...says('Ready', 'False') }}          | ${'Progressing'}
    ${'pod crashes'}              | ${'v1 Pod'}                                           | ${{}}                                              | ${crashing}                                                 | ${'Degraded'}
    ${'pod succeeded'}            | ${'v1 Pod'}                                           | ${{}}                                              | ${{ phase: 'Succeeded' }}                                   | ${'Healthy'}
    ${'pod failed (correction)'}  | ${'v1 Pod'}                                           | ${{}}                                              | ${{ phase: 'Failed' }}                                      | ${'Degraded'}
    ${'claim bound'}              | ${'v1 PersistentVolumeClaim'}                         | ${{}}                                              | ${{ phase: 'Bound' }}                                       | ${'Healthy'}
    ${'claim pending'}            | ${'v1 PersistentVolumeClaim'}                         | ${{}}                                              | ${{ phase: 'Pending' }}                                     | ${'Progressing'}
    ${'job complete'}             | ${'batch/v1 Job'}                                     | ${{}}                                              | ${says('Complete')}                                         | ${'Healthy'}
    ${'job failed'}               | ${'batch/v1 Job'}                                     | ${{}}                                              | ${says('Failed')}                                           | ${'Degraded'}
    ${'job started (correction)'} | ${'batch/v1 Job'}                                     | ${{}}                                              | ${{ startTime: 'now', active: 1 }}                          | ${'Progressing'}
    ${'job suspended on purpose'} | ${'batch/v1 Job'}                                     | ${{ suspend: true }}                               | ${says('Suspended')}                                        | ${'Suspended'}
    ${'cron job'}                 | ${'batch/v1 CronJob'}                                 | ${{}}                                              | ${undefined}                                                | ${'Healthy'}
    ${'service'}                  | ${'v1 Service'}                                       | ${{ type: 'ClusterIP' }}                           | ${undefined}                                                | ${'Healthy'}
    ${'balancer without address'} | ${'v1 Service'}                                       | ${{ type: 'LoadBalancer' }}                        | ${undefined}                                                | ${'Progressing'}
    ${'balancer with address'}    | ${'v1 Service'}                                       | ${{ type: 'LoadBalancer', clusterIP: '10.0.0.1' }} | ${undefined}                                                | ${'Healthy'}
    ${'definition established'}   | ${'apiextensions.k8s.io/v1 CustomResourceDefinition'} | ${{}}                                              | ${says('Established')}                                      | ${'Healthy'}
    ${'definition new'}           | ${'apiextensions.k8s.io/v1 CustomResourceDefinition'} | ${{}}                                              | ${undefined}                                                | ${'Progressing'}
    ${'definition with a clash'}  | ${'apiextensions.k8s.io/v1 CustomResourceDefinition'} | ${{}}                                              | ${says('NamesAccepted', 'False')}                           | ${'Degraded'}
    ${'configuration'}            | ${'v1 ConfigMap'}                                     | ${undefined}                                       | ${undefined}                                                | ${'Healthy'}
    ${'custom without status'}    | ${'shop.example/v1 Coupon'}                           | ${{}}                                              | ${undefined}                                                | ${'Healthy'}
    ${'custom ready'}             | ${'shop.example/v1 Coupon'}                           | ${{}}                                              | ${says('Ready')}                                            | ${'Healthy'}
    ${'custom not ready'}         | ${'shop.example/v1 Coupon'}                           | ${{}}                                              | ${says('Ready', 'False')}                                   | ${'Progressing'}
    ${'custom ready unknown'}     | ${'shop.example/v1 Coupon'}                           | ${{}}                                              | ${says('Ready', 'Unknown')}                                 | ${'Progressing'}
  `('$case → $expected', ({ api, spec, status, expected }) => {
    const [apiVersion, kind] = String(api).split(' ', 2)
    expect(assessHealth(anObject(apiVersion!, kind!, { spec, status }), now).status).toBe(expected)
  })

  it.each([
    [14, 'Progressing', now + 1000],
    [15, 'Degraded', undefined],
  ])('a pod that no node took for %i seconds → %s', (seconds, status, changesAt) => {
    const pod = anObject('v1', 'Pod', { status: unschedulable, ...aged(seconds) })
    const health = assessHealth(pod, now)
    expect([health.status, health.changesAt]).toEqual([status, changesAt])
  })

  // Age in seconds by the local clock; a server's clock may be ahead, or far off.
  it.each([
    [9, 'Progressing', now + 1000],
    [10, 'Healthy', undefined],
    [-9, 'Progressing', now + 19_000],
    [-3600, 'Healthy', undefined],
  ])(
    'an unknown kind on which nobody has said anything, %i seconds old → %s',
    (seconds, status, changesAt) => {
      const health = assessHealth(anObject('shop.example/v1', 'Coupon', aged(seconds)), now)
      expect([health.status, health.changesAt]).toEqual([status, changesAt])
    },
  )

  it('an unknown kind is not ready for a generation that Ready was not said of', () => {
    const ready = { type: 'Ready', status: 'True', observedGeneration: 1 }
    const coupon = anObject('shop.example/v1', 'Coupon', { status: { conditions: [ready] } })
    expect(assessHealth(coupon, now).reason).toBe('Coupon shop/x: generation 2 is not seen yet')
  })

  it('says what a deletion waits for, and what is left in a namespace', () => {
    const metadata = { deletionTimestamp: since(1), finalizers: ['shop.example/bill'] }
    expect(assessHealth(anObject('v1', 'ConfigMap', { metadata }), now).reason).toBe(
      'ConfigMap shop/x: is being deleted, waits for shop.example/bill',
    )
    const left = {
      type: 'NamespaceContentRemaining',
      status: 'True',
      reason: 'SomeResourcesRemain',
      message: 'pods. has 1',
    }
    const namespace = anObject('v1', 'Namespace', {
      metadata: { deletionTimestamp: since(1) },
      status: { conditions: [left] },
    })
    expect(assessHealth(namespace, now).reason).toContain(
      'NamespaceContentRemaining is True (SomeResourcesRemain): pods. has 1',
    )
  })

  it('an object that is being deleted is progressing, whatever it is', () => {
    const object = anObject('v1', 'ConfigMap', { metadata: { deletionTimestamp: since(1) } })
    expect(assessHealth(object, now)).toEqual({
      status: 'Progressing',
      reason: 'ConfigMap shop/x: is being deleted',
    })
  })
})
