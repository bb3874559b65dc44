import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type KubernetesObject, objectId, objectKey } from '../../src/domain/kubernetes-object.ts'
import type { Cluster } from '../../src/ports/cluster.ts'
import type { Work } from '../../src/domain/work.ts'
import { readManifests } from '../../src/features/rendering/read-manifests.ts'
import { wakeWaiting } from '../../src/journeys/sync/await-dependencies.ts'
import {
  aConfigMap,
  aDeployment,
  openShop,
  repository,
  type Shop,
  target,
} from './reconcile-target-doubles.ts'

function aJob(
  name: string,
  annotations: Record<string, string>,
  image = 'registry.shop.example/migrate:1',
): KubernetesObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'shop', annotations },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'run', image }] } } },
  }
}

const before = { 'drawbridge.dev/hook': 'before' }
const after = { 'argocd.argoproj.io/hook': 'PostSync' }
const onFailure = { 'drawbridge.dev/hook': 'failure' }
const broken = 'registry.shop.example/migrate:1-broken'

function wave(object: KubernetesObject, number: number): KubernetesObject {
  const annotations = { ...object.metadata.annotations, 'drawbridge.dev/wave': String(number) }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

let shop: Shop

const live = (kind: string, name: string) => shop.running.emulator.get({ kind, namespace: 'shop', name })
/** How often something was made under the name of a Job: every making is another uid. */
function countRuns(name: string): () => number {
  const uids = new Set<string>()
  const { emulator } = shop.running
  emulator.admission((object, operation) => {
    if (object.kind === 'Job' && object.metadata.name === name && operation === 'CREATE')
      uids.add(object.metadata.uid ?? '')
    return undefined
  })
  return () => uids.size
}
const isSynced = async (phase: 'healthy' | 'degraded' = 'healthy') => {
  const release = await shop.until(phase)
  const again = await shop.reconcile()
  expect(again).toMatchObject({ outcome: phase })
  return release
}

describe('hooks of a release', () => {
  beforeEach(async () => {
    shop = await openShop()
  })
  afterEach(() => shop.stop())

  it('run before the objects are applied, and after they are healthy', async () => {
    shop.ledger.attest([aJob('migrate', before), aConfigMap('settings'), aDeployment(), aJob('smoke', after)])
    const first = await shop.reconcile()
    expect(first.release).toMatchObject({ phase: 'applying', reason: 'Job shop/migrate has not ended yet' })
    expect(live('ConfigMap', 'settings')).toBeUndefined()
    const second = await shop.until('progressing')
    expect(second.reason).toContain('Deployment shop/checkout')
    expect(live('Job', 'smoke')).toBeUndefined()
    expect((await shop.until('applying')).reason).toBe('Job shop/smoke has not ended yet')
    await isSynced()
    expect(await shop.reconcile()).toMatchObject({ actions: 0 })
  })

  it('run once per release, again for the next, and never because something is healed', async () => {
    const runs = countRuns('migrate')
    shop.ledger.attest([aJob('migrate', before), aConfigMap('settings')])
    await isSynced()
    for (const gone of [aConfigMap('settings'), aJob('migrate', before), aConfigMap('settings')]) {
      shop.running.emulator.delete({ kind: gone.kind, namespace: 'shop', name: gone.metadata.name })
      await expect.poll(() => shop.view.get(objectKey(objectId(gone)))).toBeUndefined()
      await isSynced()
    }
    expect(live('ConfigMap', 'settings')).toBeDefined()
    expect([runs(), live('Job', 'migrate')]).toEqual([1, undefined])
    shop.ledger.attest([aJob('migrate', before), aConfigMap('settings', { key: 'new' })])
    await isSynced()
    shop.ledger.attest([aJob('migrate', before), aConfigMap('settings')])
    await isSynced()
    expect(runs()).toBe(3)
  })

  it('run once per release where their name is generated, too', async () => {
    const text = JSON.stringify({
      ...aJob('migrate', {}),
      metadata: {
        generateName: 'migrate-',
        namespace: 'shop',
        annotations: { 'argocd.argoproj.io/hook': 'PreSync' },
      },
    })
    const read = () => readManifests(text, 'hook.yaml').objects.map(({ object }) => object)
    const name = read()[0]?.metadata.name
    expect(name).toMatch(/^migrate-[0-9a-f]{10}$/)
    expect(read()[0]?.metadata.name).toBe(name)
    const jobs = () => shop.running.emulator.list('Job', 'shop')
    shop.ledger.attest([...read(), aConfigMap('settings')])
    await shop.until('healthy')
    const first = jobs()
    expect(first.map(({ metadata }) => metadata.name)).toEqual([name])
    shop.running.emulator.edit(
      { kind: 'ConfigMap', namespace: 'shop', name: 'settings' },
      { data: { key: 'x' } },
    )
    await shop.until('healthy')
    expect(jobs()[0]?.metadata.uid).toBe(first[0]?.metadata.uid)
    shop.ledger.attest([...read(), aConfigMap('settings', { key: 'next' })])
    await shop.until('healthy')
    expect(jobs().map(({ metadata }) => metadata.name)).toEqual([name])
    expect(jobs()[0]?.metadata.uid).not.toBe(first[0]?.metadata.uid)
  })

  it('stop the release where one fails, with its reason, until somebody asks for another try', async () => {
    const notified = countRuns('page')
    shop.ledger.attest([aJob('migrate', before, broken), aConfigMap('settings'), aJob('page', onFailure)])
    const release = await isSynced('degraded')
    expect(release.reason).toContain('the hook before the release Job shop/migrate failed: ')
    expect(release.reason).toContain('BackoffLimitExceeded')
    expect([live('ConfigMap', 'settings'), notified()]).toEqual([undefined, 1])
    await shop.running.clock.advance(60_000)
    await isSynced('degraded')
    expect(notified()).toBe(1)
    const uid = live('Job', 'migrate')?.metadata.uid
    const patch = { metadata: { annotations: { 'drawbridge.dev/retry': 'yes' } } }
    shop.running.emulator.edit({ kind: 'Job', namespace: 'shop', name: 'migrate' }, patch)
    await shop.reconcile()
    expect(live('Job', 'migrate')?.metadata.uid).not.toBe(uid)
  })

  it('go on with the newest release, also where one of the release before hangs', async () => {
    const missing = 'registry.shop.example/migrate:1-missing'
    shop.ledger.attest([aJob('migrate', before, missing), aConfigMap('settings')])
    await shop.until('applying')
    shop.ledger.attest([aConfigMap('settings')])
    await isSynced()
    expect(live('Job', 'migrate')).toBeUndefined()
  })

  it('are deleted by their policy, after their end is recorded', async () => {
    const tidy = { ...before, 'drawbridge.dev/hook-delete': 'before,succeeded' }
    shop.ledger.attest([aJob('migrate', tidy), aConfigMap('settings')])
    await isSynced()
    await shop.reconcile()
    expect(live('Job', 'migrate')).toBeUndefined()
    expect(await shop.reconcile()).toMatchObject({ actions: 0, outcome: 'healthy' })
  })

  it('leave tests and what is to be skipped alone', async () => {
    const skipped = aJob('never', { 'argocd.argoproj.io/hook': 'Skip' })
    shop.ledger.attest([aJob('test', { 'helm.sh/hook': 'test' }), skipped, aConfigMap('settings')])
    await isSynced()
    expect([live('Job', 'test'), live('Job', 'never')]).toEqual([undefined, undefined])
  })

  it('are not run for what is taken over as it runs, nor after the inventory was lost', async () => {
    const runs = countRuns('migrate')
    shop.ledger.attest([aConfigMap('settings')])
    await isSynced()
    const inventory = { kind: 'ConfigMap', namespace: 'drawbridge-system', name: 'drawbridge.checkout.dev' }
    shop.running.emulator.delete(inventory)
    shop.ledger.attest([aConfigMap('settings'), aJob('migrate', before)])
    await isSynced()
    expect([runs(), live('ConfigMap', 'settings') !== undefined]).toEqual([0, true])
  })
})

describe('hooks of what was there before', () => {
  beforeEach(async () => {
    shop = await openShop()
  })
  afterEach(() => shop.stop())

  it('are those of an upgrade', async () => {
    shop.running.emulator.create(aConfigMap('settings'), 'helm')
    const [installs, upgrades] = [countRuns('first'), countRuns('next')]
    const hooks = [
      aJob('first', { 'helm.sh/hook': 'pre-install' }),
      aJob('next', { 'helm.sh/hook': 'pre-upgrade' }),
    ]
    shop.ledger.attest([...hooks, aConfigMap('settings')])
    await isSynced()
    expect([installs(), upgrades()]).toEqual([0, 1])
  })
})

describe('hooks of a process that is killed', () => {
  class Killed extends Error {}

  it.each(
    [
      { hooks: 'before and after', writes: 7 },
      { hooks: 'after', writes: 5 },
    ].flatMap(({ hooks, writes }) =>
      Array.from({ length: writes }, (_, index) => index + 1).flatMap((call) => [
        { hooks, call, moment: 'before' },
        { hooks, call, moment: 'after' },
      ]),
    ),
  )(
    'are run exactly once: those $hooks the release, $moment write $call',
    async ({ hooks, call, moment }) => {
      let calls = 0
      let isArmed = true
      const around = async <T>(write: () => Promise<T>) => {
        calls += 1
        const isNow = isArmed && calls === call
        if (isNow) isArmed = false
        if (isNow && moment === 'before') throw new Killed()
        const result = await write()
        if (isNow) throw new Killed()
        return result
      }
      const wrap = (cluster: Cluster): Cluster => ({
        ...cluster,
        apply: (object, options) => around(() => cluster.apply(object, options)),
        replace: (object, options) => around(() => cluster.replace(object, options)),
        delete: (...options) => around(() => cluster.delete(...options)),
      })
      shop = await openShop(wrap)
      const [migrations, checks] = [countRuns('migrate'), countRuns('smoke')]
      const isBefore = hooks !== 'after'
      const first = isBefore ? [aJob('migrate', before)] : []
      shop.ledger.attest([...first, aConfigMap('settings'), aJob('smoke', after)])
      for (let tries = 0; tries < 20; tries += 1) {
        await shop.reconcile().catch((error: unknown) => {
          if (!(error instanceof Killed)) throw error
        })
        await shop.running.clock.advance(1000)
      }
      expect(isArmed).toBe(false)
      await isSynced()
      expect([migrations(), checks()]).toEqual([isBefore ? 1 : 0, 1])
      await shop.stop()
    },
  )
})

describe('waves of a release', () => {
  beforeEach(async () => {
    shop = await openShop()
  })
  afterEach(() => shop.stop())

  it('wait for the health of the one before, and for nothing when they are healed', async () => {
    shop.ledger.attest([wave(aConfigMap('early'), -1), aDeployment(), wave(aConfigMap('late'), 1)])
    const { release } = await shop.reconcile()
    expect(release).toMatchObject({ phase: 'applying' })
    expect(release?.reason).toMatch(/^wave 0: Deployment shop\/checkout/)
    expect([live('ConfigMap', 'early') !== undefined, live('ConfigMap', 'late')]).toEqual([true, undefined])
    await isSynced()
    expect(live('ConfigMap', 'late')).toBeDefined()
    for (const name of ['early', 'late'])
      shop.running.emulator.delete({ kind: 'ConfigMap', namespace: 'shop', name })
    await shop.reconcile()
    expect(live('ConfigMap', 'late')).toBeDefined()
  })

  it('are left where a newer release says something else', async () => {
    const image = 'registry.shop.example/checkout:2.0.0-broken'
    shop.ledger.attest([aDeployment('checkout', image), wave(aConfigMap('late'), 1)])
    await shop.until('applying')
    shop.ledger.attest([aDeployment(), wave(aConfigMap('late'), 1)])
    await isSynced()
    expect(live('ConfigMap', 'late')).toBeDefined()
  })

  it('keep back a custom resource, and nothing else, until its kind is there', async () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'coupons.shop.example' },
      spec: {
        group: 'shop.example',
        scope: 'Namespaced',
        names: { plural: 'coupons', kind: 'Coupon' },
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
        ],
      },
    }
    const coupon = {
      apiVersion: 'shop.example/v1',
      kind: 'Coupon',
      metadata: { name: 'ten', namespace: 'shop' },
    }
    const later = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'front', namespace: 'shop' },
      spec: { defaultBackend: { service: { name: 'checkout', port: { number: 80 } } } },
    }
    shop.ledger.attest([definition, coupon, aDeployment(), later])
    expect((await shop.reconcile()).release?.reason).toBe('Coupon is not served yet')
    expect(live('Deployment', 'checkout')).toBeDefined()
    expect(live('Ingress', 'front')).toBeDefined()
    await isSynced()
    expect(live('Coupon', 'ten')).toBeDefined()
  })
})

describe('objects that stand in the way', () => {
  beforeEach(async () => {
    shop = await openShop()
  })
  afterEach(() => shop.stop())

  const entries = (kind: string, name: string) =>
    (live(kind, name)?.metadata['managedFields'] ?? []) as { manager: string; operation: string }[]

  it('are taken over from kubectl with what git no longer has, and without the copy of their text', async () => {
    const text = 'kubectl.kubernetes.io/last-applied-configuration'
    const old = aConfigMap('settings', { key: 'by hand', gone: 'from git' })
    old.metadata.annotations = { [text]: '{"data":{}}', kept: 'by a person' }
    shop.running.emulator.create(old, 'kubectl-client-side-apply')
    shop.ledger.attest([aConfigMap('settings')])
    await isSynced()
    expect(live('ConfigMap', 'settings')).toMatchObject({ data: { key: 'value' } })
    expect(live('ConfigMap', 'settings')?.['data']).toEqual({ key: 'value' })
    expect(live('ConfigMap', 'settings')?.metadata.annotations?.[text]).toBeUndefined()
    expect(entries('ConfigMap', 'settings').map(({ manager, operation }) => [manager, operation])).toEqual([
      ['drawbridge', 'Apply'],
    ])
  })

  it('are taken over where nothing conflicts, too', async () => {
    const old = aConfigMap('settings', { key: 'value', gone: 'from git' })
    old.metadata.labels = { 'kustomize.toolkit.fluxcd.io/name': 'shop' }
    shop.running.emulator.create(old, 'kustomize-controller')
    shop.ledger.attest([aConfigMap('settings')])
    await isSynced()
    expect(live('ConfigMap', 'settings')?.['data']).toEqual({ key: 'value' })
    expect(live('ConfigMap', 'settings')?.metadata.labels).not.toHaveProperty(
      'kustomize.toolkit.fluxcd.io/name',
    )
  })

  it('keep what a controller has computed, and say so', async () => {
    shop.ledger.attest([aDeployment()])
    await isSynced()
    const scaled = { kind: 'Deployment', namespace: 'shop', name: 'checkout' }
    shop.running.emulator.edit(scaled, { spec: { replicas: 5 } }, 'kube-controller-manager')
    const release = await isSynced()
    expect(release.reason).toBe('Deployment shop/checkout: spec.replicas is left to kube-controller-manager')
    expect(live('Deployment', 'checkout')?.['spec']).toMatchObject({ replicas: 5 })
    expect(await shop.reconcile()).toMatchObject({ actions: 0 })
  })

  it('keep as many replicas as there are when an autoscaler begins to decide them', async () => {
    shop.ledger.attest([aDeployment()])
    await isSynced()
    const autoscaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'checkout', namespace: 'shop' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' },
        maxReplicas: 5,
      },
    }
    shop.ledger.attest([aDeployment(), autoscaler])
    await shop.reconcile()
    expect(live('Deployment', 'checkout')?.['spec']).toMatchObject({ replicas: 2 })
    const owners = entries('Deployment', 'checkout').map(({ manager }) => manager)
    expect(owners).toContain('drawbridge-replicas')
  })

  it('are settled by the rules that are attested with the release', async () => {
    shop.running.emulator.create(aConfigMap('settings', { key: 'theirs' }), 'robot')
    const conflicts = [{ managers: ['rob*'], fields: ['data'], answer: 'yield' as const }]
    shop.ledger.attest([aConfigMap('settings', { key: 'ours', more: 'x' })], undefined, { conflicts })
    expect((await isSynced()).reason).toBe('ConfigMap shop/settings: data.key is left to robot')
    expect(live('ConfigMap', 'settings')?.['data']).toEqual({ key: 'theirs', more: 'x' })
  })

  it.each([
    ['was ours', 'drawbridge'],
    ['was kubectl’s', 'kubectl-client-side-apply'],
  ])(
    'are told where a field that git dropped, and that %s, stays because somebody else wants it, too',
    async (_, manager) => {
      const old = aConfigMap('settings', { key: 'value', old: 'x' })
      if (manager === 'drawbridge') {
        shop.ledger.attest([old])
        await isSynced()
      } else shop.running.emulator.create(old, manager)
      await shop.cluster.apply(aConfigMap('settings', { old: 'x' }), { fieldManager: 'robot', force: false })
      shop.ledger.attest([aConfigMap('settings')])
      expect((await isSynced()).reason).toBe(
        'ConfigMap shop/settings: data.old is still there: robot owns it too',
      )
    },
  )

  const other = (object: KubernetesObject, annotations?: Record<string, string>) => {
    const changed = structuredClone(object)
    const spec = changed['spec'] as { selector: object; template: { metadata: { labels: object } } }
    spec.selector = { matchLabels: { app: 'other' } }
    spec.template.metadata.labels = { app: 'other' }
    if (annotations) changed.metadata.annotations = annotations
    return changed
  }

  it('are never deleted because a field cannot be changed, unless somebody consents', async () => {
    shop.ledger.attest([aDeployment()])
    await isSynced()
    const uid = live('Deployment', 'checkout')?.metadata.uid
    shop.ledger.attest([other(aDeployment())])
    const release = await isSynced('degraded')
    expect(release.reason).toBe(
      'Deployment shop/checkout: spec.selector cannot be changed; to have it deleted and made anew, give it the annotation drawbridge.dev/recreate: "yes", or type /ack-delete on the pull request',
    )
    expect(live('Deployment', 'checkout')?.metadata.uid).toBe(uid)
    shop.ledger.attest([other(aDeployment(), { 'drawbridge.dev/recreate': 'yes' })])
    await isSynced()
    expect(live('Deployment', 'checkout')?.metadata.uid).not.toBe(uid)
  })

  it('are made anew when what still holds them is gone', async () => {
    const object = other(aDeployment(), { 'drawbridge.dev/recreate': 'yes' })
    shop.ledger.attest([aDeployment()])
    await isSynced()
    const id = { kind: 'Deployment', namespace: 'shop', name: 'checkout' }
    shop.running.emulator.edit(id, { metadata: { finalizers: ['shop.example/slow'] } })
    shop.ledger.attest([object])
    expect((await shop.reconcile()).release?.reason).toContain('is being deleted, to be made anew')
    expect((await shop.reconcile()).release?.reason).toBe(
      'Deployment shop/checkout is being deleted, held by shop.example/slow',
    )
    shop.running.emulator.edit(id, { metadata: { finalizers: [] } })
    await isSynced()
  })

  it.each([
    ['is wrong, too', undefined],
    ['is refused by admission', 'not today'],
  ])('are not deleted where something else %s', async (_, refusal) => {
    shop.ledger.attest([aDeployment()])
    await isSynced()
    const uid = live('Deployment', 'checkout')?.metadata.uid
    const wrong = other(aDeployment(), { 'drawbridge.dev/recreate': 'yes' })
    if (refusal === undefined) (wrong['spec'] as { replicas: number }).replicas = -1
    else shop.running.emulator.admission((_, operation) => (operation === 'CREATE' ? refusal : undefined))
    shop.ledger.attest([wrong])
    await isSynced('degraded')
    expect(live('Deployment', 'checkout')?.metadata.uid).toBe(uid)
  })

  it('are not deleted because they are invalid', async () => {
    shop.ledger.attest([aDeployment()])
    await isSynced()
    const uid = live('Deployment', 'checkout')?.metadata.uid
    const invalid = aDeployment()
    invalid.metadata.annotations = { 'drawbridge.dev/recreate': 'yes' }
    ;(invalid['spec'] as { replicas: number }).replicas = -1
    shop.ledger.attest([invalid])
    await isSynced('degraded')
    expect(live('Deployment', 'checkout')?.metadata.uid).toBe(uid)
  })

  it('never have a Secret’s words in what is told of them', async () => {
    shop.running.emulator.admission((object) =>
      object.kind === 'Secret' ? `data.password "hunter2" is too short` : undefined,
    )
    const metadata = { name: 'password', namespace: 'shop' }
    shop.ledger.attest([{ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { password: 'hunter2' } }])
    const { reason } = await isSynced('degraded')
    expect(reason).toContain('Secret shop/password')
    expect(reason).not.toContain('hunter2')
  })
})

describe('an application that depends on another', () => {
  const database = { application: 'database', environment: 'dev', cluster: 'dev' }
  beforeEach(async () => {
    shop = await openShop()
  })
  afterEach(() => shop.stop())

  it('waits until the other is healthy with what is attested for it, says so, and is woken then', async () => {
    shop.ledger.attest([aConfigMap('settings')], undefined, { dependsOn: [database] })
    const first = await shop.reconcile()
    expect(first.release).toMatchObject({
      phase: 'pending',
      reason: 'waits since 2026-11-20T16:30Z for dev/dev/database: is not released yet',
      waitsFor: [database],
    })
    shop.ledger.attest([aDeployment('database')], database)
    await shop.reconcile(database)
    await shop.running.clock.advance(60_000)
    expect((await shop.reconcile()).release?.reason).toMatch(/^waits since 2026-11-20T16:30Z .*progressing$/)
    expect(live('ConfigMap', 'settings')).toBeUndefined()
    const before = shop.releases.get('dev/dev/database')
    while ((await shop.reconcile(database)).outcome !== 'healthy') await shop.running.clock.advance(1000)
    const due: Work[] = []
    const queue = { enqueue: async (work: Work) => void due.push(work) }
    const after = shop.releases.get('dev/dev/database')!
    await wakeWaiting({ releases: shop.ports.store.releases, queue }, repository, before, after, 0)
    expect(due).toEqual([{ kind: 'reconcile-target', repository, target }])
    const { waitsFor } = await isSynced()
    expect([waitsFor, live('ConfigMap', 'settings') !== undefined]).toEqual([undefined, true])
  })

  it('is not stopped by it when it is applied, or healed', async () => {
    shop.ledger.attest([aConfigMap('database')], database)
    await shop.reconcile(database)
    await shop.reconcile(database)
    shop.ledger.attest([aConfigMap('settings')], undefined, { dependsOn: [database] })
    await isSynced()
    shop.ledger.attest([aConfigMap('database', { key: 'new' })], database)
    shop.running.emulator.delete({ kind: 'ConfigMap', namespace: 'shop', name: 'settings' })
    await isSynced()
    expect(live('ConfigMap', 'settings')).toBeDefined()
  })
})
