import { expect, it } from 'vitest'
import { type KubernetesObject, objectId } from '../../src/domain/kubernetes-object.ts'
import { applyObject } from '../../src/journeys/sync/apply-object.ts'
import type { ApplyResult, Cluster } from '../../src/ports/cluster.ts'
import { aConfigMap } from './reconcile-target-doubles.ts'

const coupon: KubernetesObject = {
  apiVersion: 'shop.example/v1',
  kind: 'Coupon',
  metadata: { name: 'ten', namespace: 'shop' },
}
const asking: KubernetesObject = {
  ...coupon,
  metadata: { ...coupon.metadata, annotations: { 'drawbridge.dev/recreate': 'yes' } },
}
const applied: ApplyResult = { kind: 'applied', object: coupon }
const gone: ApplyResult = { kind: 'gone-version' }
const fixed: ApplyResult = {
  kind: 'invalid',
  fields: ['spec.a'],
  immutable: ['spec.a'],
  reason: 'spec.a is fixed',
}
const alsoWrong: ApplyResult = { ...fixed, fields: ['spec.a', 'spec.b'], reason: 'two are wrong' }

const theirs: ApplyResult = { kind: 'conflict', conflicts: [{ manager: 'kubectl', field: '.spec' }] }
/** `the object has been modified`: nobody's field is in the way. */
const busy: ApplyResult = { kind: 'conflict', conflicts: [] }
const old = { isNew: true, manager: 'kubectl' } as const

interface Said {
  applies: ApplyResult[]
  object?: KubernetesObject
  /** API version that an owner of the live object's fields names. */
  owner?: string
  manager?: string
  /** It was never applied by us. */
  isNew?: true
  patches?: Awaited<ReturnType<Cluster['patch']>>[]
  deletion?: 'deleted' | 'denied'
  isHeld?: boolean
}

/** What became of the object, and what was asked of a cluster that answers as it is told. */
async function apply(said: Said) {
  const { applies, object = coupon, owner = 'shop.example/v1', manager = 'other', ...more } = said
  const asked: string[] = []
  const left = [...applies]
  const patches = [...(more.patches ?? [])]
  let uid = 'before'
  const live = () => ({
    ...coupon,
    metadata: {
      ...coupon.metadata,
      uid,
      managedFields: [{ manager, operation: 'Update', apiVersion: owner, fieldsV1: { 'f:spec': {} } }],
    },
  })
  const cluster = {
    async apply(_: KubernetesObject, { dryRun, force }: { dryRun?: boolean; force: boolean }) {
      asked.push(dryRun ? 'rehearse' : force ? 'force' : 'apply')
      return left.shift() ?? applied
    },
    get: async () => live(),
    resources: async () => [
      { group: 'shop.example', version: 'v1', kind: 'Coupon', plural: 'coupons', isNamespaced: true },
    ],
    async patch() {
      asked.push('patch')
      return patches.shift() ?? 'patched'
    },
    async delete(_: unknown, deleted: string) {
      asked.push(`delete ${deleted}`)
      if (!more.isHeld) uid = 'after'
      return more.deletion ?? 'deleted'
    },
  } as unknown as Cluster
  const change = {
    id: objectId(object),
    object,
    kind: 'configured' as const,
    reason: '',
    isKnown: !more.isNew,
  }
  const outcome = await applyObject(cluster, change, undefined, { isDeletionConsented: false })
  return { outcome: 'reason' in outcome ? `${outcome.kind}: ${outcome.reason}` : outcome.kind, asked }
}

/**
 * | the API server answers                             | then                                                  |
 * | -------------------------------------------------- | ----------------------------------------------------- |
 * | somebody writes it at the same moment              | once more; the next look goes on                      |
 * | kubectl had it before us                           | it hands over, and is applied again                   |
 * | the same, and somebody else writes it meanwhile    | once more, five times at most; the next look goes on  |
 * | the same, and we may not                           | it is said                                            |
 * | an owner's version is gone, and can be renewed     | it is, and applied again, once                        |
 * | the same, and somebody else writes it meanwhile    | it is said                                            |
 * | a field cannot be changed, nobody consented        | nothing is deleted                                    |
 * | the same, somebody consented, and nothing else     | rehearsed, deleted by its uid, applied                |
 * | the same, and another field is wrong               | nothing is deleted                                    |
 * | the same, and the rehearsal is refused             | nothing is deleted                                    |
 * | the deletion is not allowed, or takes its time     | it is said                                            |
 */
it.each<[string, Said, RegExp, string[]]>([
  ['nothing in the way', { applies: [applied] }, /^applied$/, ['apply']],
  ['an earlier deployer', { ...old, applies: [theirs, applied] }, /^applied$/, ['apply', 'patch', 'apply']],
  [
    'others who write it at the same moment, once',
    { applies: [busy, applied] },
    /^applied$/,
    ['apply', 'apply'],
  ],
  [
    'others who write it at the same moment, again',
    { applies: [busy, busy] },
    /^waiting: Coupon shop\/ten is being written by others$/,
    ['apply', 'apply'],
  ],
  [
    'an earlier deployer, and controllers that write meanwhile',
    { ...old, applies: [theirs, applied], patches: ['stale', 'stale'] },
    /^applied$/,
    ['apply', 'patch', 'patch', 'patch', 'apply'],
  ],
  [
    'an earlier deployer, and somebody who never stops',
    { ...old, applies: [theirs], patches: Array.from({ length: 9 }, () => 'stale') },
    /^waiting: Coupon shop\/ten is taken over once nobody else writes it/,
    ['apply', ...Array.from({ length: 5 }, () => 'patch')],
  ],
  [
    'an earlier deployer, without the right',
    { ...old, applies: [theirs], patches: ['denied'] },
    /^refused: .*does not let us take it over/,
    ['apply', 'patch'],
  ],
  [
    'a gone version',
    { applies: [gone, applied], owner: 'shop.example/v1beta1' },
    /^applied$/,
    ['apply', 'patch', 'apply'],
  ],
  [
    'a gone version, for good',
    { applies: [gone, gone], owner: 'shop.example/v1beta1' },
    /is served no longer/,
    ['apply', 'patch', 'apply'],
  ],
  ['a gone version that nobody names', { applies: [gone] }, /is served no longer/, ['apply']],
  [
    'a gone version, and somebody was faster',
    { applies: [gone], owner: 'shop.example/v1beta1', patches: ['stale'] },
    /is served no longer/,
    ['apply', 'patch'],
  ],
  ['a fixed field', { applies: [fixed] }, /^refused: .*spec.a cannot be changed/, ['apply']],
  [
    'a fixed field, consented',
    { applies: [fixed, applied, applied], object: asking },
    /^applied$/,
    ['apply', 'rehearse', 'delete before', 'apply'],
  ],
  [
    'a fixed field and a wrong one, consented',
    { applies: [alsoWrong], object: asking },
    /^refused: .*two are wrong/,
    ['apply'],
  ],
  [
    'a fixed field, and admission refuses it, consented',
    { applies: [fixed, { kind: 'denied', reason: 'no' }], object: asking },
    /would not take it/,
    ['apply', 'rehearse'],
  ],
  [
    'a fixed field, consented, without the right',
    { applies: [fixed, applied], object: asking, deletion: 'denied' },
    /does not let us delete/,
    ['apply', 'rehearse', 'delete before'],
  ],
  [
    'a fixed field, consented, held by a finalizer',
    { applies: [fixed, applied], object: asking, isHeld: true },
    /^waiting: .*being deleted/,
    ['apply', 'rehearse', 'delete before'],
  ],
])('%s', async (_, said, outcome, asked) => {
  const found = await apply(said)
  expect(found.asked).toEqual(asked)
  expect(found.outcome).toMatch(outcome)
})

it('tells of a Secret by field alone, whatever admission says', async () => {
  const secret = { ...aConfigMap('key'), kind: 'Secret' }
  const found = await apply({ applies: [{ kind: 'denied', reason: 'hunter2 is weak' }], object: secret })
  expect(found.outcome).toContain('its words are left out')
  expect(found.outcome).not.toContain('hunter2')
})
