import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { type AppliedRecord, detectDrift } from '../../../src/features/drift/detect-drift.ts'
import { driftedFields } from '../../../src/features/drift/drifted-fields.ts'
import { fieldsHash, metaHash } from '../../../src/features/drift/fingerprint.ts'
import { healAllowedAt, healCount } from '../../../src/features/drift/heal-delay.ts'
import { observe } from '../../../src/features/sync/observe.ts'

const now = Date.parse('2026-11-20T16:30:00Z')
const minute = 60_000

const applied: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', namespace: 'shop', labels: { app: 'x' } },
  data: { key: 'value' },
}

function entry(manager: string, fieldsV1: object, operation = 'Apply', time = '2026-11-20T16:00:00Z') {
  return { manager, operation, apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1, time }
}

const ours = { 'f:data': { 'f:key': {} }, 'f:metadata': { 'f:labels': { 'f:app': {} } } }

function aLive(changes: { metadata?: object; data?: object; entries?: object[] } = {}): KubernetesObject {
  return {
    ...applied,
    metadata: {
      ...applied.metadata,
      uid: 'u1',
      resourceVersion: '10',
      managedFields: changes.entries ?? [entry('drawbridge', ours)],
      ...changes.metadata,
    },
    data: changes.data ?? { key: 'value' },
  }
}

function aRecord(changes: Partial<AppliedRecord> = {}): AppliedRecord {
  const live = aLive()
  const fields = fieldsHash(live, 'drawbridge')
  return { uid: 'u1', fields, meta: metaHash(applied, live), version: '10', at: now, ...changes }
}

/*
 * live     uid    our fields  our labels  generation  version        → drift
 * no       -      -           -           -           -              → deleted, but none for a finished Job
 * yes      other  -           -           -           -              → replaced
 * yes      same   other       -           -           -              → changed
 * yes      same   same        other       -           -              → changed
 * yes      same   same        same        other       -              → verify
 * yes      same   same        same        (no such)   other, late    → verify
 * yes      same   same        same        same        -              → none, but verify when it is its turn
 */
describe('drift of one object', () => {
  const taken = [
    entry('drawbridge', { 'f:metadata': ours['f:metadata'] }),
    entry('kubectl-edit', { 'f:data': { 'f:key': {} } }, 'Update'),
  ]
  const later = [entry('drawbridge', ours, 'Apply', '2026-11-20T16:29:00Z')]
  it.each`
    case                         | record                                            | live                                                     | at                   | expected
    ${'as applied'}              | ${aRecord()}                                      | ${aLive()}                                               | ${now}               | ${'none'}
    ${'deleted'}                 | ${aRecord()}                                      | ${undefined}                                             | ${now}               | ${'deleted'}
    ${'finished and cleaned up'} | ${aRecord({ isFinished: true })}                  | ${undefined}                                             | ${now}               | ${'none'}
    ${'being deleted'}           | ${aRecord()}                                      | ${aLive({ metadata: { deletionTimestamp: 'x' } })}       | ${now}               | ${'none'}
    ${'made anew by others'}     | ${aRecord()}                                      | ${aLive({ metadata: { uid: 'u2' } })}                    | ${now}               | ${'replaced'}
    ${'a field was taken'}       | ${aRecord()}                                      | ${aLive({ entries: taken })}                             | ${now}               | ${'changed'}
    ${'managedFields stripped'}  | ${aRecord()}                                      | ${aLive({ entries: [] })}                                | ${now}               | ${'changed'}
    ${'only the time differs'}   | ${aRecord()}                                      | ${aLive({ entries: later })}                             | ${now}               | ${'none'}
    ${'a label was changed'}     | ${aRecord()}                                      | ${aLive({ metadata: { labels: { app: 'y' } } })}         | ${now}               | ${'changed'}
    ${'a label was added'}       | ${aRecord()}                                      | ${aLive({ metadata: { labels: { app: 'x', b: 'c' } } })} | ${now}               | ${'none'}
    ${'generation moved'}        | ${aRecord({ generation: 1, version: undefined })} | ${aLive({ metadata: { generation: 2 } })}                | ${now}               | ${'verify'}
    ${'generation same'}         | ${aRecord({ generation: 2, version: undefined })} | ${aLive({ metadata: { generation: 2 } })}                | ${now}               | ${'none'}
    ${'version moved, just now'} | ${aRecord()}                                      | ${aLive({ metadata: { resourceVersion: '11' } })}        | ${now + 9 * minute}  | ${'none'}
    ${'version moved, long ago'} | ${aRecord()}                                      | ${aLive({ metadata: { resourceVersion: '11' } })}        | ${now + 10 * minute} | ${'verify'}
  `('$case → $expected', ({ record, live, at, expected }) => {
    expect(detectDrift(record, applied, live && observe(live, at), at).kind).toBe(expected)
  })

  it('is looked into once in a hundred hours though nothing changed, each object at its own time', () => {
    const hour = 60 * minute
    const hours = Array.from({ length: 1000 }, (_, index) => index)
    const turns = Array.from({ length: 100 }, (_, index) => {
      let record = aRecord({ uid: `u${index}` })
      const live = observe(aLive({ metadata: { uid: record.uid } }), now)
      return hours.filter((passed) => {
        const at = now + passed * hour
        if (detectDrift(record, applied, live, at).kind === 'none') return false
        record = { ...record, at }
        return true
      })
    })
    expect(Math.min(...turns.flat())).toBeGreaterThanOrEqual(50)
    expect(new Set(turns.map(({ length }) => length))).toEqual(new Set([9, 10]))
    const inOneHour = [...Map.groupBy(turns.flat(), (passed) => passed).values()].map(({ length }) => length)
    expect(Math.max(...inOneHour.slice(100))).toBeLessThanOrEqual(8)
  })
})

describe('what drifted', () => {
  const container = (image: string, cpu: string) => ({
    spec: { template: { spec: { containers: [{ name: 'app', image, resources: { limits: { cpu } } }] } } },
  })
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' } }
  const owns = (fields: object) => ({
    'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': fields } } } },
  })

  it('names the field by the key of its item and who owns it now, and not what is only written differently', () => {
    const live = {
      ...deployment,
      metadata: { name: 'x', managedFields: [entry('k9s', owns({ 'f:image': {} }), 'Update')] },
      ...container('evil:1', '1'),
    }
    expect(driftedFields({ ...deployment, ...container('app:1', '1000m') }, live, 'drawbridge')).toEqual({
      fields: ['spec.template.spec.containers[app].image'],
      manager: 'k9s',
    })
  })

  it('names what is gone', () => {
    expect(driftedFields(applied, aLive({ data: {} }), 'drawbridge')).toEqual({ fields: ['data.key'] })
  })

  it('names nothing where nothing is different', () => {
    expect(driftedFields(applied, aLive(), 'drawbridge')).toEqual({ fields: [] })
  })
})

describe('healing somebody who keeps writing', () => {
  const report = (count: number, at = now) => ({
    at,
    object: 'ConfigMap shop/x',
    fields: [],
    healed: true,
    count,
  })
  it.each`
    case                    | last                                            | at     | waitMs
    ${'for the first time'} | ${undefined}                                    | ${now} | ${0}
    ${'a second time'}      | ${report(1)}                                    | ${now} | ${1000}
    ${'a third time'}       | ${report(2)}                                    | ${now} | ${5000}
    ${'without end'}        | ${report(99)}                                   | ${now} | ${600_000}
    ${'another object'}     | ${{ ...report(3), object: 'ConfigMap shop/y' }} | ${now} | ${0}
    ${'after a calm time'}  | ${report(3, now - 16 * minute)}                 | ${now} | ${0}
  `('$case: waits $waitMs ms', ({ last, at, waitMs }) => {
    expect(healAllowedAt(last, 'ConfigMap shop/x', at)).toBe(at + waitMs)
  })

  it('counts only in a row', () => {
    expect(healCount(report(3), 'ConfigMap shop/x', now + 15 * minute)).toBe(3)
    expect(healCount(report(3), 'ConfigMap shop/x', now + 15 * minute + 1)).toBe(0)
  })
})
