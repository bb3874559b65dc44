import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import type { Release } from '../../../src/domain/release.ts'
import {
  causeWords,
  eventsOf,
  isCauseDue,
  ownedBy,
  podQuery,
  standingCause,
} from '../../../src/features/health/find-cause.ts'
import { podFault } from '../../../src/features/health/pod-fault.ts'

const minute = 60_000

const aRelease = (more: Partial<Release>): Release => ({
  target: { application: 'checkout', environment: 'dev', cluster: 'dev' },
  revision: 'a',
  digest: 'same',
  phase: 'progressing',
  health: { status: 'Progressing', reason: '' },
  since: 0,
  reason: '',
  ...more,
})

const aPod = (name: string, status: object, owner = 'set', created = 0): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'shop',
    uid: `uid-${name}`,
    creationTimestamp: new Date(created).toISOString(),
    ownerReferences: [{ uid: owner, controller: true }],
  },
  status,
})

const container = (state: object, last?: object) => ({
  phase: 'Running',
  containerStatuses: [{ name: 'app', state, ...(last && { lastState: { terminated: last } }) }],
})

const anEvent = (reason: string, message: string, at: number, more: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${reason}-${at}`, namespace: 'shop' },
  type: 'Warning',
  reason,
  message,
  lastTimestamp: new Date(at).toISOString(),
  ...more,
})

/*
 * | phase now   | before                                  | asked |
 * | degraded    | anything, not asked for a minute        | yes   |
 * | progressing | the same for a minute, of this release  | yes   |
 * | any         | asked less than a minute ago            | no    |
 * | healthy     | anything                                | no    |
 */
describe('the API server is asked why', () => {
  it.each`
    case                                    | phase            | before                                                          | now           | asked
    ${'degraded at once'}                   | ${'degraded'}    | ${undefined}                                                    | ${0}          | ${true}
    ${'degraded, asked a moment ago'}       | ${'degraded'}    | ${aRelease({ phase: 'degraded', cause: { at: 0, words: '' } })} | ${minute - 1} | ${false}
    ${'degraded, asked a minute ago'}       | ${'degraded'}    | ${aRelease({ phase: 'degraded', cause: { at: 0, words: '' } })} | ${minute}     | ${true}
    ${'another release was asked about'}    | ${'degraded'}    | ${aRelease({ digest: 'old', cause: { at: 0, words: '' } })}     | ${1}          | ${true}
    ${'progressing, just begun'}            | ${'progressing'} | ${undefined}                                                    | ${0}          | ${false}
    ${'progressing for less than a minute'} | ${'progressing'} | ${aRelease({})}                                                 | ${minute - 1} | ${false}
    ${'progressing for a minute'}           | ${'progressing'} | ${aRelease({})}                                                 | ${minute}     | ${true}
    ${'a wave that waits for a minute'}     | ${'applying'}    | ${aRelease({ phase: 'applying' })}                              | ${minute}     | ${true}
    ${'an older release for a minute'}      | ${'progressing'} | ${aRelease({ digest: 'old' })}                                  | ${minute}     | ${false}
    ${'healthy'}                            | ${'healthy'}     | ${aRelease({})}                                                 | ${minute}     | ${false}
    ${'unreachable'}                        | ${'unreachable'} | ${aRelease({ phase: 'unreachable' })}                           | ${minute}     | ${false}
  `('$case → $asked', ({ phase, before, now, asked }) => {
    expect(isCauseDue({ phase, digest: 'same' }, before, now)).toBe(asked)
  })

  it.each`
    phase            | digest    | stands
    ${'progressing'} | ${'same'} | ${true}
    ${'degraded'}    | ${'same'} | ${true}
    ${'degraded'}    | ${'new'}  | ${false}
    ${'healthy'}     | ${'same'} | ${false}
    ${'refused'}     | ${'same'} | ${false}
  `('what was said stands while $phase at $digest → $stands', ({ phase, digest, stands }) => {
    const cause = { at: 0, words: 'crashes' }
    expect(standingCause({ phase, digest }, aRelease({ cause }))).toBe(stands ? cause : undefined)
  })
})

describe('the pods of a workload', () => {
  const workload = (apiVersion: string, kind: string, selector?: object): KubernetesObject => ({
    apiVersion,
    kind,
    metadata: { name: 'checkout', namespace: 'shop' },
    spec: { template: {}, ...(selector && { selector }) },
  })
  const labels = { matchLabels: { app: 'checkout', tier: 'web' } }
  const expressions = {
    matchLabels: { app: 'checkout' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['web', 'api'] },
      { key: 'track', operator: 'NotIn', values: ['canary'] },
      { key: 'team', operator: 'Exists' },
      { key: 'legacy', operator: 'DoesNotExist' },
    ],
  }
  it.each`
    object                                                 | labelSelector                                                         | isThroughReplicaSets
    ${workload('apps/v1', 'Deployment', labels)}           | ${'app=checkout,tier=web'}                                            | ${true}
    ${workload('argoproj.io/v1alpha1', 'Rollout', labels)} | ${'app=checkout,tier=web'}                                            | ${true}
    ${workload('apps/v1', 'StatefulSet', labels)}          | ${'app=checkout,tier=web'}                                            | ${false}
    ${workload('apps/v1', 'DaemonSet', expressions)}       | ${'app=checkout,tier in (web,api),track notin (canary),team,!legacy'} | ${false}
    ${workload('batch/v1', 'Job')}                         | ${'batch.kubernetes.io/job-name=checkout'}                            | ${false}
  `('of $object.kind: $labelSelector', ({ object, labelSelector, isThroughReplicaSets }) => {
    expect(podQuery(object)).toEqual({ labelSelector, isThroughReplicaSets })
  })

  it.each([
    ['a Service', { ...workload('v1', 'Service', { app: 'x' }), spec: { selector: { app: 'x' } } }],
    ['a workload without a selector', workload('apps/v1', 'Deployment')],
    ['a selector that selects everything', workload('apps/v1', 'Deployment', {})],
  ])('are not looked for of %s', (_, object) => {
    expect(podQuery(object)).toBeUndefined()
  })

  it('are those that it controls, the newest first', () => {
    const pods = [aPod('old', {}, 'set', 1), aPod('theirs', {}, 'other'), aPod('new', {}, 'set', 2)]
    expect(ownedBy(pods, ['set']).map(({ metadata }) => metadata.name)).toEqual(['new', 'old'])
  })
})

describe('what is at fault with a pod', () => {
  const killed = { exitCode: 137, reason: 'OOMKilled' }
  const unschedulable = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message: '0/3 nodes are available: 3 Insufficient memory.',
  }
  it.each`
    case                       | status                                                                                                | fault
    ${'serves'}                | ${container({ running: {} })}                                                                         | ${undefined}
    ${'begins'}                | ${container({ waiting: { reason: 'ContainerCreating' } })}                                            | ${undefined}
    ${'crashes'}               | ${container({ waiting: { reason: 'CrashLoopBackOff' } }, { exitCode: 1, reason: 'Error' })}           | ${'container app waits (CrashLoopBackOff), last ended with exit code 1 (Error)'}
    ${'has too little memory'} | ${container({ waiting: { reason: 'CrashLoopBackOff' } }, killed)}                                     | ${'container app waits (CrashLoopBackOff), last ended with exit code 137 (OOMKilled)'}
    ${'was begun again'}       | ${container({ running: {} }, killed)}                                                                 | ${'container app was begun again, last ended with exit code 137 (OOMKilled)'}
    ${'has just ended'}        | ${container({ terminated: killed })}                                                                  | ${'container app ended with exit code 137 (OOMKilled)'}
    ${'ended well once'}       | ${container({ running: {} }, { exitCode: 0, reason: 'Completed' })}                                   | ${undefined}
    ${'has no image'}          | ${container({ waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "shop:9"' } })} | ${'container app waits (ImagePullBackOff): Back-off pulling image "shop:9"'}
    ${'has no node'}           | ${{ phase: 'Pending', conditions: [unschedulable] }}                                                  | ${'cannot be scheduled (Unschedulable): 0/3 nodes are available: 3 Insufficient memory.'}
    ${'was evicted'}           | ${{ phase: 'Failed', reason: 'Evicted' }}                                                             | ${'Evicted'}
    ${'says nothing'}          | ${{}}                                                                                                 | ${undefined}
  `('$case', ({ status, fault }) => {
    expect(podFault(aPod('one', status))).toBe(fault)
  })
})

it('finds no fault with a pod that came to a good end, whatever it says', () => {
  const crashed = container({ running: {} }, { exitCode: 1 })
  expect(podFault(aPod('one', { ...crashed, phase: 'Succeeded' }))).toBeUndefined()
})

describe('the words', () => {
  const crash = container({ waiting: { reason: 'CrashLoopBackOff' } }, { exitCode: 137, reason: 'OOMKilled' })

  it('say each fault once, with how many pods have it', () => {
    const pods = [aPod('a', crash), aPod('b', crash), aPod('c', container({ running: {} }))]
    expect(causeWords({ pods, events: [] })).toBe(
      'Pod shop/a and 1 more: container app waits (CrashLoopBackOff), last ended with exit code 137 (OOMKilled)',
    )
  })

  it('say the last warnings, each reason once, the newest first, three at most', () => {
    const events = [
      anEvent('BackOff', 'older', 1),
      anEvent('Unhealthy', 'probe failed: 503', 5),
      anEvent('BackOff', 'restarting', 9),
      anEvent('FailedMount', 'no such volume', 4),
      anEvent('FailedCreate', 'exceeded quota', 2),
      anEvent('Scheduled', 'assigned', 10, { type: 'Normal' }),
    ]
    expect(causeWords({ pods: [], events })).toBe(
      'event BackOff: restarting; event Unhealthy: probe failed: 503; event FailedMount: no such volume',
    )
  })

  it('say what happened last where nothing is warned of, by whatever time it has', () => {
    const normal = { type: 'Normal', lastTimestamp: null }
    const events = [
      anEvent('Scheduled', 'assigned', 0, { ...normal, eventTime: '1970-01-01T00:00:01.000000Z' }),
      anEvent('Pulling', '', 0, { ...normal, series: { lastObservedTime: '1970-01-01T00:00:09.000000Z' } }),
    ]
    expect(causeWords({ pods: [], events })).toBe('event Pulling; event Scheduled: assigned')
  })

  it('show no secrets', () => {
    const events = [anEvent('Failed', 'cannot reach postgres://shop:hunter2@db/shop', 1)]
    expect(causeWords({ pods: [], events })).not.toContain('hunter2')
  })

  it('are of the pod at fault, else of the set that cannot make one, else of the object', () => {
    const [well, ill, set] = [
      aPod('well', {}),
      aPod('ill', crash),
      { ...aPod('set', {}), kind: 'ReplicaSet' },
    ]
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'checkout' } }
    expect(eventsOf(object, [set], [well, ill])).toBe(ill)
    expect(eventsOf(object, [set], [well])).toBe(well)
    expect(eventsOf(object, [set], [])).toBe(set)
    expect(eventsOf(object, [], [])).toBe(object)
  })
})
