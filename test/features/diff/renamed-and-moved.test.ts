import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import type { RenderedTarget } from '../../../src/domain/rendered-target.ts'
import { diffRenderings } from '../../../src/features/diff/diff-renderings.ts'
import { anObject, aSide, aWorkload } from './diff-builders.ts'

const workload = (name: string, image = 'shop/web:1') => aWorkload({ image, metadata: { name } })
const service = (name: string) => anObject('Service', { spec: { ports: [{ port: 80 }] } }, { name })
const settings = (name: string) => anObject('ConfigMap', { data: { a: '1' } }, { name })

function aTarget(
  application: string,
  objects: KubernetesObject[],
  { environment = 'prod', cluster = 'eu' } = {},
): RenderedTarget {
  const [one] = aSide(objects).targets
  const digest = one?.digest ?? ''
  return { target: { application, environment, cluster }, source: `apps/${application}`, objects, digest }
}

function diffTargets(base: RenderedTarget[], head: RenderedTarget[]) {
  const side = (revision: string, targets: RenderedTarget[]) => ({ revision, targets, problems: [] })
  return diffRenderings(side('a', base), side('b', head), { maskKey: 'k' }).targets
}

const all = (name: string) => [workload(name), service(name), settings(name)]

describe('applications', () => {
  it('shows a renamed folder as a renamed application, in which nothing changes', () => {
    expect(diffTargets([aTarget('web', all('web'))], [aTarget('shop', all('web'))])).toEqual([
      {
        target: { application: 'shop', environment: 'prod', cluster: 'eu' },
        source: 'apps/shop',
        from: { target: { application: 'web', environment: 'prod', cluster: 'eu' }, source: 'apps/web' },
        objects: [],
      },
    ])
  })

  it('shows what changes besides the name', () => {
    const [target] = diffTargets(
      [aTarget('web', all('web'))],
      [aTarget('shop', [workload('web', 'shop/web:2'), service('web'), settings('web')])],
    )
    expect(target).toMatchObject({
      from: { source: 'apps/web' },
      objects: [{ change: 'changed', name: 'web' }],
    })
  })

  it('takes two applications that share little for two', () => {
    const targets = diffTargets(
      [aTarget('web', all('web'))],
      [aTarget('shop', [service('web'), workload('x')])],
    )
    expect(targets.map(({ target, from }) => [target.application, from])).toEqual([
      ['shop', undefined],
      ['web', undefined],
    ])
  })

  it('shows a folder that became a base as continued where it is rendered now', () => {
    const [, , gone] = diffTargets(
      [aTarget('web', all('web'), { environment: 'zero', cluster: 'zero' })],
      [
        aTarget('web', all('web'), { environment: 'dev', cluster: 'dev' }),
        aTarget('web', all('web-prod'), { environment: 'prod', cluster: 'prod' }),
      ],
    )
    expect(gone?.continuedIn?.map(({ environment }) => environment)).toEqual(['dev', 'prod'])
    expect(gone?.objects.map(({ change }) => change)).toEqual(['removed', 'removed', 'removed'])
  })

  it('shows a folder that is delivered to another cluster as continued there, whatever is in it', () => {
    const [, gone] = diffTargets(
      [aTarget('web', [service('old')], { cluster: 'eu' })],
      [aTarget('web', [workload('new')], { cluster: 'asia' })],
    )
    expect(gone).toMatchObject({ target: { cluster: 'eu' }, continuedIn: [{ cluster: 'asia' }] })
  })
})

describe('objects', () => {
  it('shows one that another application of the cluster takes over, and what changes in it', () => {
    const [shop, web] = diffTargets(
      [aTarget('web', [workload('a'), service('b')]), aTarget('shop', [settings('c')])],
      [aTarget('web', [service('b')]), aTarget('shop', [settings('c'), workload('a', 'shop/web:2')])],
    )
    expect(web?.objects).toMatchObject([
      { change: 'removed', name: 'a', movedTo: { application: 'shop' }, dangers: [], hunks: [] },
    ])
    expect(shop?.objects).toMatchObject([
      {
        change: 'added',
        name: 'a',
        movedFrom: { application: 'web' },
        fields: [{ before: 'shop/web:1', after: 'shop/web:2' }],
      },
    ])
  })

  it('does not call it moved when it goes to another cluster', () => {
    const targets = diffTargets(
      [aTarget('web', [workload('a'), service('b')])],
      [aTarget('web', [service('b')]), aTarget('shop', [workload('a')], { cluster: 'us' })],
    )
    expect(targets.flatMap(({ objects }) => objects).some(({ movedTo }) => movedTo)).toBe(false)
  })

  it.each([
    [
      'a kind that moved to another group',
      'extensions/v1beta1',
      'networking.k8s.io/v1',
      'changed',
      'extensions',
    ],
    [
      'another version of one group',
      'networking.k8s.io/v1beta1',
      'networking.k8s.io/v1',
      'changed',
      undefined,
    ],
  ])('shows %s as the same object', (_case, before, after, change, from) => {
    const ingress = (apiVersion: string) => ({
      ...anObject('Ingress', { spec: { rules: [{ host: 'a' }] } }),
      apiVersion,
    })
    const [target] = diffTargets([aTarget('web', [ingress(before)])], [aTarget('web', [ingress(after)])])
    expect(target?.objects.map((object) => [object.change, object.from?.group])).toEqual([[change, from]])
  })

  it.each([
    ['kustomize', 'app-config-7f9c2k5t8d', 'app-config-9mf2c4hb6t', 'renamed'],
    ['hexadecimal', 'migrate-3f2a1b9c', 'migrate-77ab01ef', 'renamed'],
    ['a word', 'app-production', 'app-development', 'added'],
  ])('matches names with a generated suffix: %s', (_case, before, after, change) => {
    const of = (name: string, value: string) => anObject('ConfigMap', { data: { [value]: value } }, { name })
    const [target] = diffTargets([aTarget('web', [of(before, 'a')])], [aTarget('web', [of(after, 'b')])])
    expect(target?.objects[0]?.change).toBe(change)
  })
})

describe('what pods do', () => {
  const reader = (container: object) => aWorkload({ container: container as Record<string, unknown> })
  const notes = (objects: (value: string) => KubernetesObject[]) =>
    diffTargets([aTarget('web', objects('1'))], [aTarget('web', objects('2'))])
      .flatMap((target) => target.objects)
      .flatMap(({ dangers }) => dangers)
      .map(({ sentence }) => sentence)
  const changed = (value: string) => anObject('ConfigMap', { data: { a: value } }, { name: 'settings' })
  const stale = 'Deployment checkout reads this when it starts: its pods keep the old value until restarted.'

  it.each<[string, KubernetesObject, string[]]>([
    ['variables', reader({ envFrom: [{ configMapRef: { name: 'settings' } }] }), [stale]],
    [
      'one variable',
      reader({ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }] }),
      [stale],
    ],
    ['another ConfigMap', reader({ envFrom: [{ configMapRef: { name: 'other' } }] }), []],
    [
      'a part of a volume',
      aWorkload({
        container: { volumeMounts: [{ name: 'v', mountPath: '/a', subPath: 'a' }] },
        pod: { volumes: [{ name: 'v', configMap: { name: 'settings' } }] },
      }),
      [stale],
    ],
    [
      'a whole volume, which the cluster renews',
      aWorkload({
        container: { volumeMounts: [{ name: 'v', mountPath: '/a' }] },
        pod: { volumes: [{ name: 'v', configMap: { name: 'settings' } }] },
      }),
      [],
    ],
  ])('who reads changed configuration as %s', (_how, workloadThatReads, expected) => {
    expect(notes((value) => [changed(value), workloadThatReads])).toEqual(expected)
  })

  it('keeps nothing old where the same change restarts them', () => {
    const restarted = (value: string) =>
      aWorkload({
        annotations: { 'checksum/a': value },
        container: { envFrom: [{ configMapRef: { name: 'settings' } }] },
      })
    expect(notes((value) => [changed(value), restarted(value)])).toEqual([
      'Its 2 pods restart: a checksum of its configuration changes.',
    ])
  })

  it('says how many, and that there is a downtime', () => {
    const of = (image: string) => aWorkload({ image, spec: { replicas: 1, strategy: { type: 'Recreate' } } })
    const [target] = diffTargets([aTarget('web', [of('a:1')])], [aTarget('web', [of('a:2')])])
    expect(target?.objects[0]?.restart).toEqual({
      reasons: ['the image of app changes from a:1 to a:2'],
      replicas: 1,
      strategy: 'Recreate',
    })
    expect(target?.objects[0]?.dangers[0]?.sentence).toContain('with a downtime')
  })

  it('adds up what they ask for', () => {
    const of = (cpu: string, replicas: number) =>
      aWorkload({ spec: { replicas }, container: { resources: { requests: { cpu, memory: '1Gi' } } } })
    const [target] = diffTargets([aTarget('web', [of('250m', 2)])], [aTarget('web', [of('500m', 3)])])
    expect(target?.requests).toEqual({
      before: { cpuMillicores: 500, memoryBytes: 2 * 2 ** 30 },
      after: { cpuMillicores: 1500, memoryBytes: 3 * 2 ** 30 },
    })
    expect(target?.objects[0]?.dangers.map(({ sentence }) => sentence)).toEqual([
      'Its pods ask for 1 CPU and 1 GiB more in all.',
      'Its 3 pods restart: resources of app change.',
    ])
  })
})
