import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { planConflicts } from '../../../src/features/sync/conflict-rules.ts'
import { removeField } from '../../../src/features/sync/field-path.ts'
import { planAdoption } from '../../../src/features/sync/plan-adoption.ts'
import { planRecreation } from '../../../src/features/sync/plan-recreation.ts'
import { stillOwned } from '../../../src/features/sync/still-owned.ts'
import { layerOf, syncLayers } from '../../../src/features/sync/sync-layers.ts'
import { waveHealth } from '../../../src/features/sync/wave-health.ts'
import { waveOf } from '../../../src/features/sync/wave-of.ts'

const deployment: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', labels: { 'app.kubernetes.io/name': 'web', app: 'web' } },
  spec: {
    replicas: 2,
    template: {
      spec: {
        containers: [
          { name: 'app', image: 'a', args: ['x', 'y'], ports: [{ containerPort: 80 }] },
          { name: 'side', image: 'b' },
        ],
      },
    },
  },
}

function annotated(annotations: Record<string, string>): KubernetesObject {
  return { ...deployment, metadata: { ...deployment.metadata, annotations } }
}

describe('taking a field out', () => {
  it.each`
    path                                                                                                 | gone
    ${'.spec.replicas'}                                                                                  | ${'"replicas":2,'}
    ${'.metadata.labels.app.kubernetes.io/name'}                                                         | ${'"app.kubernetes.io/name":"web",'}
    ${'.metadata.labels.app'}                                                                            | ${',"app":"web"'}
    ${'.spec.template.spec.containers[name="side"].image'}                                               | ${',"image":"b"'}
    ${'.spec.template.spec.containers[name="side"]'}                                                     | ${',{"name":"side","image":"b"}'}
    ${'.spec.template.spec.containers[name="app"].args[="y"]'}                                           | ${',"y"'}
    ${'.spec.template.spec.containers[name="app"].args[0]'}                                              | ${'"x",'}
    ${'.spec.template.spec.containers[name="app"].ports[containerPort=80,protocol="TCP"].containerPort'} | ${'"containerPort":80'}
  `('$path', ({ path, gone }) => {
    const text = JSON.stringify(deployment)
    expect(text).toContain(gone)
    expect(JSON.stringify(removeField(deployment, path))).toBe(text.replace(gone, ''))
  })

  it.each([
    '.spec.paused',
    '.spec.template.spec.containers[name="none"]',
    'nonsense',
    '',
    '.spec.replicas.x',
    '[',
    '.[]',
  ])('changes nothing for %j', (path) => expect(removeField(deployment, path)).toBe(deployment))
})

describe('a conflict', () => {
  const field = '.spec.replicas'
  // The object's own word, then the configuration's rules, then the standing ones, then whether it was ours.
  it.each`
    manager                        | isKnown  | rules                                                             | annotation     | answer
    ${'kubectl-client-side-apply'} | ${false} | ${[]}                                                             | ${undefined}   | ${'taken over'}
    ${'kubectl-edit'}              | ${true}  | ${[]}                                                             | ${undefined}   | ${'taken over'}
    ${'helm'}                      | ${false} | ${[]}                                                             | ${undefined}   | ${'taken over'}
    ${'argocd-controller'}         | ${false} | ${[]}                                                             | ${undefined}   | ${'taken over'}
    ${'kustomize-controller'}      | ${false} | ${[]}                                                             | ${undefined}   | ${'taken over'}
    ${'kube-controller-manager'}   | ${false} | ${[]}                                                             | ${undefined}   | ${'left'}
    ${'kube-controller-manager'}   | ${true}  | ${[]}                                                             | ${undefined}   | ${'left'}
    ${'vpa-updater'}               | ${true}  | ${[]}                                                             | ${undefined}   | ${'left'}
    ${'istio-operator'}            | ${true}  | ${[]}                                                             | ${undefined}   | ${'left'}
    ${'robot'}                     | ${false} | ${[]}                                                             | ${undefined}   | ${'open'}
    ${'robot'}                     | ${true}  | ${[]}                                                             | ${undefined}   | ${'taken over'}
    ${'robot'}                     | ${true}  | ${[{ managers: ['robot'], answer: 'yield' }]}                     | ${undefined}   | ${'left'}
    ${'robot'}                     | ${true}  | ${[{ managers: ['r*'], fields: ['spec.rep'], answer: 'yield' }]}  | ${undefined}   | ${'taken over'}
    ${'robot'}                     | ${true}  | ${[{ managers: ['r*'], fields: ['spec'], answer: 'yield' }]}      | ${undefined}   | ${'left'}
    ${'robot'}                     | ${true}  | ${[{ managers: ['*'], kinds: ['StatefulSet'], answer: 'yield' }]} | ${undefined}   | ${'taken over'}
    ${'kube-controller-manager'}   | ${true}  | ${[{ managers: ['kube-*'], answer: 'take-over' }]}                | ${undefined}   | ${'taken over'}
    ${'kubectl-edit'}              | ${true}  | ${[{ managers: ['kubectl*'], answer: 'fail' }]}                   | ${undefined}   | ${'open'}
    ${'robot'}                     | ${false} | ${[{ managers: ['robot'], answer: 'fail' }]}                      | ${'take-over'} | ${'taken over'}
    ${'helm'}                      | ${false} | ${[]}                                                             | ${'fail'}      | ${'open'}
    ${'helm'}                      | ${false} | ${[]}                                                             | ${'maybe'}     | ${'taken over'}
  `('with $manager, ours before: $isKnown, $rules, $annotation → $answer', (row) => {
    const object = row.annotation ? annotated({ 'drawbridge.dev/conflicts': row.annotation }) : deployment
    const plan = planConflicts(object, [{ manager: row.manager, field }], row.isKnown, row.rules)
    const answer = plan.open.length > 0 ? 'open' : plan.force ? 'taken over' : 'left'
    expect(answer).toBe(row.answer)
    expect((plan.object['spec'] as { replicas?: number }).replicas).toBe(answer === 'left' ? undefined : 2)
  })

  it('is settled field by field', () => {
    const conflicts = [
      { manager: 'kube-controller-manager', field },
      { manager: 'helm', field: '.spec.template.spec.containers[name="app"].image' },
    ]
    const plan = planConflicts(deployment, conflicts, false)
    expect(plan).toMatchObject({
      force: true,
      open: [],
      notes: ['spec.replicas is left to kube-controller-manager'],
    })
    expect(plan.object['spec']).not.toHaveProperty('replicas')
  })
})

describe('handing an object over', () => {
  const entry = (manager: string, fields: object, more: object = {}) => ({
    manager,
    operation: 'Update',
    apiVersion: 'apps/v1',
    time: '2026-11-20T16:30:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...more,
  })
  const live = (managedFields: object[], metadata: object = {}): KubernetesObject => ({
    ...deployment,
    metadata: { ...deployment.metadata, resourceVersion: '9', managedFields, ...metadata },
  })
  const last = 'kubectl.kubernetes.io/last-applied-configuration'

  it('makes what earlier deployers owned ours, and takes their marks off', () => {
    const controller = entry('kube-controller-manager', { 'f:status': {} }, { subresource: 'status' })
    const object = live(
      [
        entry('kubectl-client-side-apply', { 'f:spec': { 'f:replicas': {} } }),
        entry('helm', { 'f:spec': { 'f:paused': {} } }),
        controller,
      ],
      { annotations: { [last]: '{"secret":1}', 'meta.helm.sh/release-name': 'web', own: 'x' } },
    )
    expect(planAdoption(object, deployment)).toEqual([
      { op: 'test', path: '/metadata/resourceVersion', value: '9' },
      {
        op: 'replace',
        path: '/metadata/managedFields',
        value: [
          entry('drawbridge', { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } }, { operation: 'Apply' }),
          controller,
        ],
      },
      { op: 'remove', path: `/metadata/annotations/${last.replace('/', '~1')}` },
      { op: 'remove', path: '/metadata/annotations/meta.helm.sh~1release-name' },
    ])
  })

  it('adds to what is ours already', () => {
    const own = entry('drawbridge', { 'f:spec': { 'f:template': {} } }, { operation: 'Apply' })
    const [, operation] = planAdoption(
      live([entry('argocd-controller', { 'f:spec': { 'f:x': {} } }), own]),
      deployment,
    )!
    expect(operation).toMatchObject({
      value: [{ ...own, fieldsV1: { 'f:spec': { 'f:template': {}, 'f:x': {} } } }],
    })
  })

  it('keeps a mark that the release itself says', () => {
    const marks = { 'argocd.argoproj.io/tracking-id': 'x' }
    expect(planAdoption(live([], { annotations: marks }), annotated(marks))).toBeUndefined()
  })

  it('has nothing to do where nobody was before, or only controllers', () => {
    expect(
      planAdoption(live([entry('kube-controller-manager', { 'f:spec': {} })]), deployment),
    ).toBeUndefined()
    expect(planAdoption(live([entry('kubectl', {}, { subresource: 'scale' })]), deployment)).toBeUndefined()
  })

  it('is told apart from what others own too', () => {
    const ours = (fields: object) => entry('drawbridge', fields, { operation: 'Apply' })
    const before = live([ours({ 'f:data': { 'f:old': {}, 'f:key': {} } })])
    const after = (others: object) => live([ours({ 'f:data': { 'f:key': {} } }), entry('robot', others)])
    expect(stillOwned(before, after({ 'f:data': { 'f:old': {} } }), 'drawbridge')).toEqual([
      'data.old is still there: robot owns it too',
    ])
    expect(stillOwned(before, after({ 'f:data': { 'f:theirs': {} } }), 'drawbridge')).toEqual([])
  })
})

describe('making an object anew', () => {
  const consent = { 'drawbridge.dev/recreate': 'yes' }
  const of = (kind: string, annotations: Record<string, string> = {}) => ({ ...annotated(annotations), kind })
  it.each`
    case                                       | desired                                                                                                   | isConsented | plan
    ${'nobody consented'}                      | ${of('Deployment')}                                                                                       | ${false}    | ${'refuse'}
    ${'the object says so'}                    | ${of('Deployment', consent)}                                                                              | ${false}    | ${'Background'}
    ${'the object says something else'}        | ${of('Deployment', { 'drawbridge.dev/recreate': 'no' })}                                                  | ${false}    | ${'refuse'}
    ${'the release says so'}                   | ${of('Job')}                                                                                              | ${true}     | ${'Background'}
    ${'Argo CD: forced'}                       | ${of('Job', { 'argocd.argoproj.io/sync-options': 'Prune=false, Force=true' })}                            | ${false}    | ${'Background'}
    ${'Argo CD: replaced, which deletes none'} | ${of('Job', { 'argocd.argoproj.io/sync-options': 'Replace=true' })}                                       | ${false}    | ${'refuse'}
    ${'Flux: forced'}                          | ${of('Job', { 'kustomize.toolkit.fluxcd.io/force': 'Enabled' })}                                          | ${false}    | ${'Background'}
    ${'a claim'}                               | ${of('PersistentVolumeClaim', consent)}                                                                   | ${true}     | ${'refuse'}
    ${'a namespace'}                           | ${of('Namespace', consent)}                                                                               | ${true}     | ${'refuse'}
    ${'a definition'}                          | ${of('CustomResourceDefinition', consent)}                                                                | ${true}     | ${'refuse'}
    ${'a stateful set'}                        | ${of('StatefulSet', consent)}                                                                             | ${false}    | ${'Orphan'}
    ${'the agent itself'}                      | ${{ ...of('Deployment', consent), metadata: { ...deployment.metadata, namespace: 'drawbridge-system' } }} | ${true}     | ${'refuse'}
    ${'a stateful set with another selector'}  | ${{ ...of('StatefulSet', consent), spec: { selector: { matchLabels: { a: 'b' } } } }}                     | ${false}    | ${'Background'}
  `('$case → $plan', ({ desired, isConsented, plan }) => {
    const found = planRecreation(desired, { ...deployment, kind: desired.kind }, isConsented)
    expect(found.kind === 'refuse' ? 'refuse' : found.propagation).toBe(plan)
  })
})

describe('layers', () => {
  it.each`
    case                       | kind            | namespace              | layer
    ${'a workload'}            | ${'Deployment'} | ${'shop'}              | ${'workloads'}
    ${'what nobody names'}     | ${'Coupon'}     | ${'shop'}              | ${'workloads'}
    ${'a class'}               | ${'PetClass'}   | ${''}                  | ${'roles and classes of the cluster'}
    ${'what others stand on'}  | ${'Secret'}     | ${'shop'}              | ${'access and configuration'}
    ${'our own agent'}         | ${'Deployment'} | ${'drawbridge-system'} | ${'Drawbridge itself'}
    ${'its rights, before it'} | ${'Role'}       | ${'drawbridge-system'} | ${'access and configuration'}
  `('$case: $layer', ({ kind, namespace, layer }) => {
    expect(syncLayers[layerOf({ kind, namespace, name: 'one' })]?.name).toBe(layer)
  })

  it('end with what ends the process that applies it', () => {
    expect(syncLayers.at(-1)?.name).toBe('Drawbridge itself')
  })
})

describe('waves', () => {
  it.each`
    annotations                                                             | kind            | wave
    ${{}}                                                                   | ${'Deployment'} | ${0}
    ${{ 'drawbridge.dev/wave': '2' }}                                       | ${'Deployment'} | ${2}
    ${{ 'argocd.argoproj.io/sync-wave': '-5' }}                             | ${'Deployment'} | ${-5}
    ${{ 'drawbridge.dev/wave': '1', 'argocd.argoproj.io/sync-wave': '-5' }} | ${'Deployment'} | ${1}
    ${{ 'drawbridge.dev/wave': 'first' }}                                   | ${'Deployment'} | ${0}
    ${{}}                                                                   | ${'Namespace'}  | ${-Infinity}
    ${{ 'drawbridge.dev/wave': '1' }}                                       | ${'Namespace'}  | ${1}
  `('$kind with $annotations: $wave', ({ annotations, kind, wave }) => {
    expect(waveOf({ ...annotated(annotations), kind })).toBe(wave)
  })

  const ids = ['a', 'b'].map((name) => ({ group: '', version: 'v1', kind: 'Pod', namespace: '', name }))
  it.each`
    a                | b                | next
    ${'Healthy'}     | ${'Healthy'}     | ${'healthy'}
    ${'Healthy'}     | ${'Suspended'}   | ${'healthy'}
    ${'Healthy'}     | ${'Progressing'} | ${'waits'}
    ${'Healthy'}     | ${undefined}     | ${'waits'}
    ${'Unknown'}     | ${'Healthy'}     | ${'waits'}
    ${'Progressing'} | ${'Degraded'}    | ${'fails'}
  `('$a and $b → $next', ({ a, b, next }) => {
    const health = (key: string) => {
      const status = key.endsWith('/a') ? a : b
      return status && { status, reason: status }
    }
    expect(waveHealth(ids, health).kind).toBe(next)
  })
})
