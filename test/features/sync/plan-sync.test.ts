import { describe, expect, it } from 'vitest'
import { type KubernetesObject, objectId, objectKey } from '../../../src/domain/kubernetes-object.ts'
import type { LiveObject } from '../../../src/domain/live-object.ts'
import { hashOf } from '../../../src/features/drift/fingerprint.ts'
import {
  type Inventory,
  inventoryId,
  type InventoryEntry,
  inventoryObjects,
  parseInventory,
  recordApplied,
  toInventoryObjects,
} from '../../../src/features/sync/inventory.ts'
import { observe } from '../../../src/features/sync/observe.ts'
import { labelValue, ownershipLabels } from '../../../src/features/sync/ownership.ts'
import { planPrune, type PruneFacts } from '../../../src/features/sync/plan-prune.ts'
import { planSync } from '../../../src/features/sync/plan-sync.ts'
import { prepareObjects } from '../../../src/features/sync/prepare-objects.ts'

const now = Date.parse('2026-11-20T16:30:00Z')
const repository = { id: '7', owner: 'shop', name: 'gitops', installation: '1' }
const target = { application: 'checkout', environment: 'dev', cluster: 'dev' }
const labels = ownershipLabels(repository, target)

function anObject(kind: string, name: string, annotations?: Record<string, string>): KubernetesObject {
  const metadata = { name, namespace: 'shop', labels, ...(annotations && { annotations }) }
  return { apiVersion: 'v1', kind, metadata, data: { key: 'value' } }
}

function aLive(object: KubernetesObject, metadata: object = {}): LiveObject {
  const managedFields = [{ manager: 'drawbridge', operation: 'Apply', fieldsV1: { 'f:data': {} } }]
  const uid = `uid-${object.kind}-${object.metadata.name}`
  const all = { ...object.metadata, uid, resourceVersion: '1', managedFields, ...metadata }
  return observe({ ...object, metadata: all }, now)
}

function ownObject(
  kind: string,
  name: string,
  annotations?: Record<string, string>,
  namespace = 'drawbridge-system',
): KubernetesObject {
  const object = anObject(kind, name, annotations)
  return { ...object, metadata: { ...object.metadata, namespace } }
}

const keyOf = (object: KubernetesObject) => objectKey(objectId(object))
const mapOf = (objects: LiveObject[]) => new Map(objects.map((object) => [keyOf(object), object]))

function anInventory(objects: KubernetesObject[], digest = 'd1'): Inventory {
  const records = objects.map((object) => recordApplied(objectId(object), object, aLive(object), digest, now))
  return {
    revision: 'r1',
    digest,
    sequence: 0,
    entries: new Map(records.map((record) => [objectKey(record.id), record])),
  }
}

describe('plan of a sync', () => {
  const facts = (desired: KubernetesObject[], inventory: Inventory, live: LiveObject[]) => ({
    desired,
    digest: 'd1',
    inventory,
    live: mapOf(live),
    claimedElsewhere: new Set<string>(),
    labels,
    isDeletionConsented: false,
  })
  const one = anObject('ConfigMap', 'one')

  it('is nothing where everything is as it should be', () => {
    const plan = planSync(facts([one], anInventory([one]), [aLive(one)]), now)
    expect(plan.isInSync).toBe(true)
    expect(plan.layers[0]?.changes[0]?.kind).toBe('unchanged')
  })

  const changed = { ...one, data: { key: 'other' } }
  const foreign = aLive(one, { labels: { ...labels, 'drawbridge.dev/owner': '8.dev' } })
  it.each`
    case                             | desired    | inventory             | live                                   | kind            | drift
    ${'new'}                         | ${one}     | ${anInventory([])}    | ${[]}                                  | ${'created'}    | ${undefined}
    ${'there before us'}             | ${one}     | ${anInventory([])}    | ${[aLive(one, { labels: {} })]}        | ${'configured'} | ${undefined}
    ${'changed by the release'}      | ${changed} | ${anInventory([one])} | ${[aLive(one)]}                        | ${'configured'} | ${undefined}
    ${'deleted by somebody'}         | ${one}     | ${anInventory([one])} | ${[]}                                  | ${'created'}    | ${'deleted'}
    ${'edited by somebody'}          | ${one}     | ${anInventory([one])} | ${[aLive(one, { managedFields: [] })]} | ${'configured'} | ${'changed'}
    ${'owned by another repository'} | ${one}     | ${anInventory([])}    | ${[foreign]}                           | ${'skipped'}    | ${undefined}
  `('$case → $kind', ({ desired, inventory, live, kind, drift }) => {
    const [change] = planSync(facts([desired], inventory, live), now).layers.flatMap(({ changes }) => changes)
    expect(change).toMatchObject({ kind, ...(drift && { drift }) })
    expect(change?.drift).toBe(drift)
  })

  const home: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } }
  const closing = aLive(home, { deletionTimestamp: new Date(now).toISOString() })
  const job = anObject('Job', 'done')
  const finished = anInventory([home, job])
  finished.entries.set(keyOf(job), { ...finished.entries.get(keyOf(job))!, isFinished: true })
  it.each`
    case                            | desired        | inventory                   | live                     | kind           | waits
    ${'deleted with its namespace'} | ${[home, one]} | ${anInventory([home, one])} | ${[closing]}             | ${'created'}   | ${'Namespace shop: is being deleted'}
    ${'new in such a namespace'}    | ${[home, one]} | ${anInventory([home])}      | ${[closing]}             | ${'created'}   | ${'Namespace shop: is being deleted'}
    ${'still there'}                | ${[home, one]} | ${anInventory([home, one])} | ${[closing, aLive(one)]} | ${'unchanged'} | ${undefined}
    ${'a Job that had completed'}   | ${[home, job]} | ${finished}                 | ${[closing]}             | ${'unchanged'} | ${undefined}
    ${'in a namespace that stays'}  | ${[home, one]} | ${anInventory([home, one])} | ${[aLive(home)]}         | ${'created'}   | ${undefined}
  `('$case: $kind, waits for: $waits', ({ desired, inventory, live, kind, waits }) => {
    const changes = planSync(facts(desired, inventory, live), now).layers.flatMap((layer) => layer.changes)
    const [found] = changes.filter(({ id }) => id.kind !== 'Namespace')
    expect([found?.kind, found?.waits]).toEqual([kind, waits])
    expect(found?.drift).toBe(kind === 'created' && waits === undefined ? 'deleted' : undefined)
  })

  it('orders what others stand on first', () => {
    const kinds = ['Ingress', 'Deployment', 'ConfigMap', 'CustomResourceDefinition', 'Coupon', 'Namespace']
    const plan = planSync(
      facts(
        kinds.map((kind) => anObject(kind, 'x')),
        anInventory([]),
        [],
      ),
      now,
    )
    expect(plan.layers.map(({ name, changes }) => [name, changes.map(({ id }) => id.kind)])).toEqual([
      ['namespaces', ['Namespace']],
      ['definitions', ['CustomResourceDefinition']],
      ['access and configuration', ['ConfigMap']],
      ['workloads', ['Deployment', 'Coupon']],
      ['routes', ['Ingress']],
    ])
  })

  it.each([
    ['agent', 'drawbridge-system', 'drawbridge-agent'],
    ['app', 'drawbridge', 'drawbridge'],
  ])('applies the %s itself after everything else, whatever wave it is given', (_, namespace, name) => {
    const inWave = (wave: string, object: KubernetesObject) => ({
      ...object,
      metadata: { ...object.metadata, annotations: { 'drawbridge.dev/wave': wave } },
    })
    const own = (kind: string) => ownObject(kind, name, {}, namespace)
    const others = [inWave('9', anObject('Deployment', 'late')), own('ConfigMap')]
    const plan = planSync(facts([inWave('-1', own('Deployment')), ...others], anInventory([]), []), now)
    const names = plan.layers.map(({ wave, name, changes }) => [wave, name, changes.map(({ id }) => id.name)])
    expect(names).toEqual([
      [0, 'access and configuration', [name]],
      [9, 'workloads', ['late']],
      [Infinity, 'Drawbridge itself', [name]],
    ])
  })

  it.each`
    offset         | late
    ${0}           | ${false}
    ${60 * 60_000} | ${true}
  `('tells how long a deletion takes by the clock of the cluster, $offset ms ahead', ({ offset, late }) => {
    const deletionTimestamp = new Date(now).toISOString()
    const found = facts([], anInventory([one]), [aLive(one, { deletionTimestamp })])
    const { prune } = planSync({ ...found, clockOffset: offset }, now)
    expect(prune.terminating[0]?.reason.includes('minutes')).toBe(late)
  })

  it('leaves no hash of a Secret’s content behind', () => {
    const secret = anObject('Secret', 'password')
    const record = recordApplied(objectId(secret), secret, aLive(secret), 'd1', now)
    expect(record.applied).toBe('d1')
    expect(record.applied).not.toBe(hashOf(secret))
  })
})

describe('plan of a prune', () => {
  const many = (count: number, annotations?: Record<string, string>) =>
    Array.from({ length: count }, (_, index) => anObject('ConfigMap', `n${index}`, annotations))
  const prune = (
    desired: KubernetesObject[],
    before: KubernetesObject[],
    live = before.map((object) => aLive(object)),
    facts: Partial<PruneFacts> = {},
  ) =>
    planPrune(
      {
        desiredKeys: new Set(desired.map(keyOf)),
        inventory: anInventory(before),
        live: mapOf(live),
        labels,
        isConsented: false,
        ...facts,
      },
      now,
    )
  const rest = anObject('ConfigMap', 'rest')
  const yes = { 'drawbridge.dev/prune': 'yes' }

  it.each`
    case                                 | desired      | before                                                                                                    | deleted | kept
    ${'one object'}                      | ${[rest]}    | ${[rest, ...many(1)]}                                                                                     | ${1}    | ${0}
    ${'five of six'}                     | ${[rest]}    | ${[rest, ...many(5)]}                                                                                     | ${5}    | ${0}
    ${'six of seven, more than a fifth'} | ${[rest]}    | ${[rest, ...many(6)]}                                                                                     | ${0}    | ${6}
    ${'six of seven, with consent'}      | ${[rest]}    | ${[rest, ...many(6, yes)]}                                                                                | ${6}    | ${0}
    ${'twenty of a hundred'}             | ${many(80)}  | ${many(100)}                                                                                              | ${20}   | ${0}
    ${'twenty-one of a hundred'}         | ${many(79)}  | ${many(100)}                                                                                              | ${0}    | ${21}
    ${'fifty of a thousand'}             | ${many(950)} | ${many(1000)}                                                                                             | ${50}   | ${0}
    ${'fifty-one of a thousand'}         | ${many(949)} | ${many(1000)}                                                                                             | ${0}    | ${51}
    ${'everything'}                      | ${[]}        | ${many(1, yes)}                                                                                           | ${0}    | ${1}
    ${'a claim'}                         | ${[rest]}    | ${[rest, anObject('PersistentVolumeClaim', 'x')]}                                                         | ${0}    | ${1}
    ${'a stateful set'}                  | ${[rest]}    | ${[rest, anObject('StatefulSet', 'x')]}                                                                   | ${0}    | ${1}
    ${'a namespace'}                     | ${[rest]}    | ${[rest, anObject('Namespace', 'x')]}                                                                     | ${0}    | ${1}
    ${'a claim with consent'}            | ${[rest]}    | ${[rest, anObject('PersistentVolumeClaim', 'x', yes)]}                                                    | ${1}    | ${0}
    ${'what says no'}                    | ${[rest]}    | ${[rest, anObject('ConfigMap', 'x', { 'drawbridge.dev/prune': 'no' })]}                                   | ${0}    | ${1}
    ${'what tells Flux no'}              | ${[rest]}    | ${[rest, anObject('ConfigMap', 'x', { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' })]}                | ${0}    | ${1}
    ${'what tells Argo CD no'}           | ${[rest]}    | ${[rest, anObject('ConfigMap', 'x', { 'argocd.argoproj.io/sync-options': 'Replace=true, Prune=false' })]} | ${0}    | ${1}
    ${'what tells Argo CD to ask'}       | ${[rest]}    | ${[rest, anObject('ConfigMap', 'x', { 'argocd.argoproj.io/sync-options': 'Prune=confirm' })]}             | ${0}    | ${1}
    ${'what tells Helm to keep it'}      | ${[rest]}    | ${[rest, anObject('ConfigMap', 'x', { 'helm.sh/resource-policy': 'keep' })]}                              | ${0}    | ${1}
    ${'what keeps it, with consent'}     | ${[rest]}    | ${[rest, anObject('ConfigMap', 'x', { 'helm.sh/resource-policy': 'keep', ...yes })]}                      | ${1}    | ${0}
  `('$case → $deleted deleted, $kept kept', ({ desired, before, deleted, kept }) => {
    const plan = prune(desired, before)
    expect([plan.prunes.length, plan.kept.length]).toEqual([deleted, kept])
  })

  it.each`
    case                        | desired   | before                                                                  | deleted | kept
    ${'a claim'}                | ${[rest]} | ${[rest, anObject('PersistentVolumeClaim', 'x')]}                       | ${1}    | ${0}
    ${'fifty-one of fifty-two'} | ${[rest]} | ${[rest, ...many(51)]}                                                  | ${51}   | ${0}
    ${'everything'}             | ${[]}     | ${many(1)}                                                              | ${0}    | ${1}
    ${'what says no'}           | ${[rest]} | ${[rest, anObject('ConfigMap', 'x', { 'drawbridge.dev/prune': 'no' })]} | ${0}    | ${1}
  `('consented to: $case → $deleted deleted, $kept kept', ({ desired, before, deleted, kept }) => {
    const plan = prune(desired, before, undefined, { isConsented: true })
    expect([plan.prunes.length, plan.kept.length]).toEqual([deleted, kept])
  })

  const ofApp = (kind: string, name: string) => ownObject(kind, name, yes, 'drawbridge')
  const binding = (name: string): KubernetesObject => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name, labels, annotations: yes },
  })
  it.each`
    case                          | object                                                  | deleted
    ${'the agent’s Deployment'}   | ${ownObject('Deployment', 'drawbridge-agent', yes)}     | ${0}
    ${'its account'}              | ${ownObject('ServiceAccount', 'drawbridge-agent', yes)} | ${0}
    ${'its claim'}                | ${ownObject('PersistentVolumeClaim', 'agent', yes)}     | ${0}
    ${'its right to everything'}  | ${binding('drawbridge-agent')}                          | ${0}
    ${'the app’s Deployment'}     | ${ofApp('Deployment', 'drawbridge')}                    | ${0}
    ${'the app’s account'}        | ${ofApp('ServiceAccount', 'drawbridge')}                | ${0}
    ${'a store beside the app'}   | ${ofApp('Deployment', 'drawbridge-postgres')}           | ${1}
    ${'its former configuration'} | ${ownObject('ConfigMap', 'drawbridge-agent-d41d')}      | ${1}
    ${'a right of somebody else'} | ${binding('drawbridges')}                               | ${1}
  `(
    'of what an agent runs on: $case → $deleted deleted, whatever was consented to',
    ({ object, deleted }) => {
      expect(prune([rest], [rest, object], undefined, { isConsented: true }).prunes).toHaveLength(deleted)
    },
  )

  const one = anObject('ConfigMap', 'one')
  const owned = [{ uid: 'o', controller: true }]
  it.each`
    case                              | live
    ${'gone already'}                 | ${[]}
    ${'made anew by somebody'}        | ${[aLive(one, { uid: 'other' })]}
    ${'given to another application'} | ${[aLive(one, { labels: { ...labels, 'drawbridge.dev/application': 'cart' } })]}
    ${'owned by a controller'}        | ${[aLive(one, { ownerReferences: owned })]}
  `('$case → forgotten, not deleted', ({ live }) => {
    const plan = prune([rest], [rest, one], live)
    expect(plan.prunes).toEqual([])
    expect(plan.forgotten.map(({ id }) => id.name)).toEqual(['one'])
  })
})

describe('what a prune waits for', () => {
  const rest = anObject('ConfigMap', 'rest')
  const one = anObject('ConfigMap', 'one')
  const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString()
  const plan = (live: LiveObject[], facts: Partial<PruneFacts> = {}) =>
    planPrune(
      {
        desiredKeys: new Set([keyOf(rest)]),
        inventory: anInventory([rest, one]),
        live: mapOf(live),
        labels,
        isConsented: true,
        ...facts,
      },
      now,
    )

  it.each`
    case                         | live            | facts                                                   | kept
    ${'its API is not served'}   | ${[]}           | ${{ unserved: new Set(['/ConfigMap']) }}                | ${'the cluster does not serve ConfigMap at present, so nothing is known of ConfigMap shop/one'}
    ${'moves to another'}        | ${[aLive(one)]} | ${{ wantedElsewhere: new Map([[keyOf(one), 'cart']]) }} | ${'ConfigMap shop/one moves to application cart'}
    ${'seen for the first time'} | ${[aLive(one)]} | ${{ isFirstSight: true }}                               | ${expect.stringContaining('deleted once it was seen twice')}
  `('$case: kept and still recorded, whatever was consented to', ({ live, facts, kept }) => {
    const { prunes, forgotten, kept: told } = plan(live, facts)
    expect([prunes, forgotten, told.map(({ reason }) => reason)]).toEqual([[], [], [kept]])
  })

  it.each`
    minutes | finalizers               | words
    ${1}    | ${[]}                    | ${'ConfigMap shop/one is being deleted'}
    ${9}    | ${['shop.example/bill']} | ${'ConfigMap shop/one is being deleted, held by shop.example/bill'}
    ${10}   | ${['shop.example/bill']} | ${'ConfigMap shop/one is being deleted, held by shop.example/bill for 10 minutes; what holds it has to be finished by its controller or by a person'}
  `('deleted $minutes minutes ago, finalizers $finalizers', ({ minutes, finalizers, words }) => {
    const live = aLive(one, { deletionTimestamp: ago(minutes), finalizers })
    const { prunes, forgotten, terminating } = plan([live])
    expect([prunes, forgotten, terminating.map(({ reason }) => reason)]).toEqual([[], [], [words]])
  })
})

describe('objects as they are applied', () => {
  const deployment = (name: string): KubernetesObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: { replicas: 2 },
    status: { replicas: 2 },
  })
  const scaler = (apiVersion: string, kind: string, scaleTargetRef?: object): KubernetesObject => ({
    apiVersion,
    kind,
    metadata: { name: 'x', namespace: 'shop' },
    spec: { scaleTargetRef },
  })
  const hpa = ['autoscaling/v2', 'HorizontalPodAutoscaler'] as const
  const keda = ['keda.sh/v1alpha1', 'ScaledObject'] as const
  const scaled = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled' }

  it('carry our labels and no status', () => {
    expect(prepareObjects([deployment('x')], labels)).toEqual([
      { ...deployment('x'), metadata: { name: 'x', namespace: 'shop', labels }, status: undefined },
    ])
  })

  it.each`
    case                                 | object                                                      | replicas
    ${'an autoscaler'}                   | ${scaler(...hpa, scaled)}                                   | ${undefined}
    ${'an autoscaler of something else'} | ${scaler(...hpa, { ...scaled, name: 'other' })}             | ${2}
    ${'one of another kind'}             | ${scaler(...hpa, { ...scaled, kind: 'StatefulSet' })}       | ${2}
    ${'one that names no kind'}          | ${scaler(...hpa, { name: 'scaled' })}                       | ${2}
    ${'KEDA'}                            | ${scaler(...keda, scaled)}                                  | ${undefined}
    ${'KEDA, which means a Deployment'}  | ${scaler(...keda, { name: 'scaled' })}                      | ${undefined}
    ${'KEDA, of something else'}         | ${scaler(...keda, { kind: 'StatefulSet', name: 'scaled' })} | ${2}
    ${'one without a target'}            | ${scaler(...keda)}                                          | ${2}
    ${'a kind that is only called so'}   | ${scaler('shop.example/v1', 'ScaledObject', scaled)}        | ${2}
  `('carry no replicas where an autoscaler decides: $case → $replicas', ({ object, replicas }) => {
    const [prepared, fixed] = prepareObjects([deployment('scaled'), deployment('fixed'), object], labels)
    expect((prepared!['spec'] as { replicas?: number }).replicas).toBe(replicas)
    expect(fixed).toMatchObject({ spec: { replicas: 2 } })
  })

  it('carry a Secret’s text as data', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { a: 'b' },
      data: { c: 'ZA==' },
    }
    expect(prepareObjects([secret], labels)[0]).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', labels },
      data: { a: 'Yg==', c: 'ZA==' },
    })
  })
})

describe('inventory', () => {
  it('is read back as it was written', () => {
    const inventory = anInventory([anObject('ConfigMap', 'one'), anObject('Secret', 'two')])
    const objects = toInventoryObjects(repository, target, inventory)
    expect(objects.map(({ metadata }) => metadata)).toMatchObject([
      { name: 'drawbridge.checkout.dev', namespace: 'drawbridge-system' },
    ])
    expect(parseInventory(objects)).toEqual(inventory)
  })

  it.each([{}, { revision: 'r', digest: 'd', entries: '{' }, { revision: 'r' }])(
    'is not read where it is damaged: %j',
    (data) => {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data }
      expect(parseInventory([object])).toBeUndefined()
    },
  )

  const entry = (index: number): InventoryEntry => ({
    id: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: `checkout-${index}` },
    uid: '0b8f5c4e-2d1c-4b6e-9a57-3f2e1d0c9b8a',
    applied: hashOf(index),
    fields: hashOf(['fields', index]),
    meta: hashOf(['meta', index]),
    generation: 12,
    at: now,
  })
  const many = (count: number): Inventory => {
    const entries = Array.from({ length: count }, (_, index) => entry(index))
    return { ...anInventory([]), entries: new Map(entries.map((one) => [objectKey(one.id), one])) }
  }
  const find = (objects: KubernetesObject[]) =>
    inventoryObjects(target, ({ name }) => objects.find(({ metadata }) => metadata.name === name))

  it('takes less than 200 bytes for an object', () => {
    const [object] = toInventoryObjects(repository, target, many(1000))
    expect(JSON.stringify(object).length / 1000).toBeLessThan(200)
  })

  it.each([
    [
      'what a first apply leaves',
      { uid: '', applied: '', fields: '', meta: '', generation: undefined, at: 0 },
    ],
    ['a kind without generation', { generation: undefined, version: '4711' }],
    ['what few have', { isFinished: true as const, yielded: ['/spec/replicas'], notes: ['x'] }],
    ['a name with quotes', { id: { group: '', version: 'v1', kind: 'X', namespace: '', name: 'a:"b' } }],
  ])('keeps %s', (_, changes) => {
    const one = JSON.parse(JSON.stringify({ ...entry(1), ...changes })) as InventoryEntry
    const inventory = { ...anInventory([]), entries: new Map([[objectKey(one.id), one]]) }
    expect(parseInventory(toInventoryObjects(repository, target, inventory))).toEqual(inventory)
  })

  it('is spread over several ConfigMaps where one does not hold it, the one that counts them last', () => {
    const inventory = many(6_000)
    const objects = toInventoryObjects(repository, target, inventory)
    expect(objects.map(({ metadata }) => metadata.name)).toEqual([
      'drawbridge.checkout.dev.1-of-2',
      'drawbridge.checkout.dev',
    ])
    expect(Math.max(...objects.map((object) => JSON.stringify(object).length))).toBeLessThan(1024 * 1024)
    expect(parseInventory(find(objects))).toEqual(inventory)
  })

  it('is none where a part of it is missing: nothing is forgotten because of that', () => {
    const objects = toInventoryObjects(repository, target, many(100), 5_000)
    expect(objects.length).toBeGreaterThan(2)
    expect(parseInventory(find(objects.slice(1)))).toBeUndefined()
  })

  it('keeps an entry in its part while their number is the same', () => {
    const before = toInventoryObjects(repository, target, many(100), 10_000)
    const after = toInventoryObjects(repository, target, many(101), 10_000)
    const changed = after.filter((object, index) => JSON.stringify(object) !== JSON.stringify(before[index]))
    expect([before.length, changed.length]).toEqual([after.length, 1])
  })

  it('has a name of its own for every application and environment', () => {
    const names = ['Shop', 'shop', 'a_b', 'a-b', 'a/b', `${'long'.repeat(30)}1`, `${'long'.repeat(30)}2`].map(
      (application) => inventoryId({ ...target, application }).name,
    )
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/)
  })

  it('belongs to the same repository whatever that is called, and to another one of the same name not', () => {
    const renamed = { ...repository, owner: 'store', name: 'deployments' }
    expect(ownershipLabels(renamed, target)).toEqual(labels)
    expect(ownershipLabels({ ...repository, id: '8' }, target)).not.toEqual(labels)
    expect(toInventoryObjects(renamed, target, many(1))).toEqual(
      toInventoryObjects(repository, target, many(1)),
    )
  })

  it.each(['checkout', 'team/checkout', '-x-', 'ü', 'x'.repeat(64)])('makes a valid label of %s', (text) => {
    expect(labelValue(text)).toMatch(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/)
  })
})
