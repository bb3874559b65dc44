import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { hookOf } from '../../../src/features/sync/hook-of.ts'
import type { HookRecord, HookRun } from '../../../src/features/sync/hook-run.ts'
import type { Inventory } from '../../../src/features/sync/inventory.ts'
import { type LiveHook, nextOfHook } from '../../../src/features/sync/next-of-hook.ts'
import { hookGroups, planHooks } from '../../../src/features/sync/plan-hooks.ts'

function aHook(annotations: Record<string, string>, kind = 'Job', name = 'migrate'): KubernetesObject {
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'v1'
  return { apiVersion, kind, metadata: { name, namespace: 'shop', annotations } }
}

describe('what an annotation makes of an object', () => {
  it.each`
    key                          | value                         | runs
    ${'drawbridge.dev/hook'}     | ${'before'}                   | ${['before']}
    ${'drawbridge.dev/hook'}     | ${'after, failure'}           | ${['after', 'failure']}
    ${'drawbridge.dev/hook'}     | ${'befor'}                    | ${[]}
    ${'argocd.argoproj.io/hook'} | ${'PreSync'}                  | ${['before']}
    ${'argocd.argoproj.io/hook'} | ${'Sync'}                     | ${['during']}
    ${'argocd.argoproj.io/hook'} | ${'PostSync,SyncFail'}        | ${['after', 'failure']}
    ${'argocd.argoproj.io/hook'} | ${'Skip'}                     | ${[]}
    ${'argocd.argoproj.io/hook'} | ${'PostDelete'}               | ${[]}
    ${'helm.sh/hook'}            | ${'pre-install,pre-upgrade'}  | ${['before install', 'before upgrade']}
    ${'helm.sh/hook'}            | ${'post-upgrade'}             | ${['after upgrade']}
    ${'helm.sh/hook'}            | ${'test'}                     | ${[]}
    ${'helm.sh/hook'}            | ${'test-success'}             | ${[]}
    ${'helm.sh/hook'}            | ${'pre-delete,post-rollback'} | ${[]}
    ${'helm.sh/hook'}            | ${'crd-install'}              | ${undefined}
    ${'team'}                    | ${'shop'}                     | ${undefined}
  `('$key: $value → $runs', ({ key, value, runs }) => {
    const hook = hookOf(aHook({ [key]: value }))
    expect(hook?.runs.map(({ moment, on }) => (on ? `${moment} ${on}` : moment))).toEqual(runs)
  })

  it('says which words mean nothing', () => {
    expect(hookOf(aHook({ 'argocd.argoproj.io/hook': 'PreSync,Presync' }))?.unknown).toEqual(['Presync'])
  })

  it.each`
    annotations                                                                                                         | weight | deletes
    ${{ 'drawbridge.dev/hook': 'before' }}                                                                              | ${0}   | ${['before']}
    ${{ 'drawbridge.dev/hook': 'before', 'drawbridge.dev/wave': '3' }}                                                  | ${3}   | ${['before']}
    ${{ 'helm.sh/hook': 'pre-install', 'helm.sh/hook-weight': '-5' }}                                                   | ${-5}  | ${['before']}
    ${{ 'helm.sh/hook': 'pre-install', 'helm.sh/hook-delete-policy': 'hook-succeeded' }}                                | ${0}   | ${['succeeded']}
    ${{ 'argocd.argoproj.io/hook': 'Sync', 'argocd.argoproj.io/sync-wave': '2' }}                                       | ${2}   | ${['before']}
    ${{ 'argocd.argoproj.io/hook': 'Sync', 'argocd.argoproj.io/hook-delete-policy': 'HookFailed,BeforeHookCreation' }}  | ${0}   | ${['failed', 'before']}
    ${{ 'drawbridge.dev/hook': 'after', 'argocd.argoproj.io/hook': 'PreSync', 'drawbridge.dev/hook-delete': 'failed' }} | ${0}   | ${['failed']}
  `('$annotations: weight $weight, deletes $deletes', ({ annotations, weight, deletes }) => {
    const hook = hookOf(aHook(annotations))
    expect([hook?.weight, [...(hook?.deletes ?? [])]]).toEqual([weight, deletes])
  })
})

describe('the hooks of a release', () => {
  const inventory = (digest: string, run?: HookRun): Inventory => ({
    revision: 'r',
    digest,
    sequence: 1,
    entries: new Map(),
    ...(run && { run }),
  })
  const facts = {
    digest: 'd2',
    sequence: 7,
    isInventoryNew: false,
    isBaseline: false,
    isAnythingOurs: false,
    isAnythingThere: false,
  }
  const chart = [
    aHook({ 'helm.sh/hook': 'pre-install' }, 'Job', 'first'),
    aHook({ 'helm.sh/hook': 'pre-upgrade' }, 'Job', 'next'),
  ]
  const earlier: HookRun = { digest: 'd2', id: 'known', occasion: 'install', hooks: {} }

  // inventory.digest  nothing applied yet is an install; the digest of the release itself is healing
  it.each`
    case                                       | digest  | more                                               | hooks        | end
    ${'nothing was ever applied'}              | ${''}   | ${{ isInventoryNew: true }}                        | ${['first']} | ${undefined}
    ${'another release was applied'}           | ${'d1'} | ${{ isAnythingOurs: true }}                        | ${['next']}  | ${undefined}
    ${'an install was cut off'}                | ${''}   | ${{ isAnythingOurs: true }}                        | ${['first']} | ${undefined}
    ${'the release is applied already'}        | ${'d2'} | ${{ isAnythingOurs: true }}                        | ${['next']}  | ${'settled'}
    ${'a baseline that runs'}                  | ${''}   | ${{ isBaseline: true, isAnythingOurs: true }}      | ${['next']}  | ${'settled'}
    ${'a baseline of which nothing is there'}  | ${''}   | ${{ isBaseline: true, isInventoryNew: true }}      | ${['first']} | ${undefined}
    ${'others have put it there before us'}    | ${''}   | ${{ isInventoryNew: true, isAnythingThere: true }} | ${['next']}  | ${undefined}
    ${'a baseline that others have put there'} | ${''}   | ${{ isBaseline: true, isAnythingThere: true }}     | ${['next']}  | ${'settled'}
    ${'the inventory was lost'}                | ${''}   | ${{ isInventoryNew: true, isAnythingOurs: true }}  | ${['next']}  | ${'settled'}
  `('$case: $hooks, $end', ({ digest, more, hooks, end }) => {
    const plan = planHooks(chart, { ...facts, inventory: inventory(digest), ...more })
    expect(plan.hooks.map(({ id }) => id.name)).toEqual(hooks)
    expect(plan.run?.end).toBe(end)
  })

  it('goes on with the run that was begun', () => {
    expect(planHooks(chart, { ...facts, inventory: inventory('', earlier) }).run).toBe(earlier)
  })

  it('begins another run when the same release comes back', () => {
    const again = planHooks(chart, { ...facts, inventory: inventory('d1', { ...earlier, digest: 'd1' }) })
    const first = planHooks(chart, { ...facts, sequence: 3, inventory: inventory('d1') })
    expect(again.run?.id).not.toBe(first.run?.id)
  })

  it('has no run where there are no hooks but tests', () => {
    const plan = planHooks([aHook({ 'helm.sh/hook': 'test' })], { ...facts, inventory: inventory('d1') })
    expect(plan).toEqual({ hooks: [] })
  })

  it('runs by weight, then what others stand on first', () => {
    const before = { 'drawbridge.dev/hook': 'before' }
    const objects = [
      aHook({ ...before, 'drawbridge.dev/wave': '1' }, 'Job', 'late'),
      aHook(before, 'Job', 'b'),
      aHook(before, 'Job', 'a'),
      aHook(before, 'ConfigMap', 'settings'),
      aHook(before, 'ServiceAccount', 'account'),
      aHook({ 'drawbridge.dev/hook': 'after' }, 'Job', 'other'),
    ]
    const { hooks } = planHooks(objects, { ...facts, inventory: inventory('d1') })
    expect(hookGroups(hooks, 'before').map((group) => group.map(({ id }) => id.name))).toEqual([
      ['settings', 'account'],
      ['a', 'b'],
      ['late'],
    ])
  })

  it('keeps what has run for an hour at least, so that its end is found after a restart', () => {
    const job = { ...aHook({ 'drawbridge.dev/hook': 'before' }), spec: { ttlSecondsAfterFinished: 10 } }
    const [hook] = planHooks([job], { ...facts, inventory: inventory('d1') }).hooks
    expect(hook?.object['spec']).toEqual({ ttlSecondsAfterFinished: 3600 })
  })
})

describe('what a hook needs next', () => {
  const object = aHook({ 'drawbridge.dev/hook': 'before' })
  const run: HookRun = { digest: 'd', id: 'run', occasion: 'upgrade', hooks: {} }
  const planned = (deletes: string[] = ['before'], kind = 'Job') => {
    const id = { group: 'batch', version: 'v1', kind, namespace: 'shop', name: 'migrate' }
    return { key: 'k', id, object, moment: 'before' as const, weight: 0, deletes: new Set(deletes) as never }
  }
  const aLive = (more: Partial<LiveHook> = {}): LiveHook => ({
    uid: 'u1',
    annotations: { 'drawbridge.dev/run': 'run.before' },
    isBeingDeleted: false,
    health: { status: 'Progressing', reason: 'runs' },
    hasEnded: false,
    ...more,
  })
  const other = aLive({ annotations: {} })
  const good = { hasEnded: true, health: { status: 'Healthy' as const, reason: '' } }
  const bad = { hasEnded: true, health: { status: 'Degraded' as const, reason: 'Job migrate: too often' } }
  const retried = aLive({ ...bad, annotations: { ...aLive().annotations, 'drawbridge.dev/retry': 'yes' } })
  const begun = { id: planned().id, state: 'begun' }
  const made = { ...begun, uid: 'u1' }
  const ended = (state: string) => ({ ...made, state })

  it.each`
    record                | live                                  | next       | state          | more
    ${undefined}          | ${undefined}                          | ${'make'}  | ${undefined}   | ${{}}
    ${undefined}          | ${other}                              | ${'make'}  | ${undefined}   | ${{ deleteFirst: 'u1' }}
    ${undefined}          | ${aLive()}                            | ${'wait'}  | ${'begun'}     | ${{}}
    ${begun}              | ${undefined}                          | ${'make'}  | ${undefined}   | ${{}}
    ${begun}              | ${aLive()}                            | ${'wait'}  | ${'begun'}     | ${{}}
    ${made}               | ${undefined}                          | ${'ended'} | ${'failed'}    | ${{}}
    ${made}               | ${other}                              | ${'ended'} | ${'failed'}    | ${{}}
    ${made}               | ${aLive({ isBeingDeleted: true })}    | ${'ended'} | ${'failed'}    | ${{}}
    ${made}               | ${aLive(good)}                        | ${'ended'} | ${'succeeded'} | ${{}}
    ${made}               | ${aLive(bad)}                         | ${'ended'} | ${'failed'}    | ${{}}
    ${made}               | ${aLive({ ...bad, hasEnded: false })} | ${'wait'}  | ${'begun'}     | ${{}}
    ${ended('succeeded')} | ${aLive(good)}                        | ${'ended'} | ${'succeeded'} | ${{}}
    ${ended('succeeded')} | ${undefined}                          | ${'ended'} | ${'succeeded'} | ${{}}
    ${ended('failed')}    | ${aLive(bad)}                         | ${'ended'} | ${'failed'}    | ${{}}
    ${ended('failed')}    | ${undefined}                          | ${'ended'} | ${'failed'}    | ${{}}
    ${ended('failed')}    | ${retried}                            | ${'make'}  | ${undefined}   | ${{ deleteFirst: 'u1' }}
  `('$record.state with $live.health.status → $next $state', ({ record, live, next, state, more }) => {
    const hooks: Record<string, HookRecord> = record ? { k: record } : {}
    const step = nextOfHook(planned(), { ...run, hooks }, live)
    expect(step).toMatchObject({ kind: next, ...(state && { record: { state } }), ...more })
  })

  it('deletes by policy what ended, when that is recorded', () => {
    const runWith = (state: string) => ({ ...run, hooks: { k: ended(state) as HookRecord } })
    expect(nextOfHook(planned(['succeeded']), runWith('succeeded'), aLive(good))).toMatchObject({
      deletes: 'u1',
    })
    expect(nextOfHook(planned(['failed']), runWith('succeeded'), aLive(good))).not.toHaveProperty('deletes')
    expect(nextOfHook(planned(['failed']), runWith('failed'), aLive(bad))).toMatchObject({ deletes: 'u1' })
  })

  it('applies over what does not run, and is done when that is healthy', () => {
    const account = planned(['before'], 'ServiceAccount')
    expect(nextOfHook(account, run, other)).toEqual({ kind: 'make' })
    const healthy = aLive({ health: { status: 'Healthy', reason: '' } })
    expect(nextOfHook(account, run, healthy)).toMatchObject({ kind: 'ended', record: { state: 'succeeded' } })
  })

  it('is not done because its Pod is ready', () => {
    const ready = aLive({ health: { status: 'Healthy', reason: '' } })
    expect(nextOfHook(planned(['before'], 'Pod'), run, ready)).toMatchObject({ kind: 'wait' })
  })
})
