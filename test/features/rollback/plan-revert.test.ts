import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { irreversibleChanges } from '../../../src/features/rollback/irreversible-changes.ts'
import { planRevert } from '../../../src/features/rollback/plan-revert.ts'

/*
 * | good | bad  | now   | exact   | careful  |
 * | a    | b    | b     | a       | a        |
 * | –    | b    | b     | deleted | deleted  |
 * | a    | –    | –     | a       | a        |
 * | a    | b    | later | a       | conflict |
 * | a    | b    | a     | –       | –        |
 */
describe('planRevert', () => {
  it.each`
    case                    | good         | bad          | now          | exact          | careful
    ${'changed'}            | ${'a'}       | ${'b'}       | ${'b'}       | ${{ f: 'a' }}  | ${{ f: 'a' }}
    ${'added'}              | ${undefined} | ${'b'}       | ${'b'}       | ${{ f: null }} | ${{ f: null }}
    ${'deleted'}            | ${'a'}       | ${undefined} | ${undefined} | ${{ f: 'a' }}  | ${{ f: 'a' }}
    ${'edited since'}       | ${'a'}       | ${'b'}       | ${'later'}   | ${{ f: 'a' }}  | ${{}}
    ${'taken back already'} | ${'a'}       | ${'b'}       | ${'a'}       | ${{}}          | ${{}}
  `('$case', ({ good, bad, now, exact, careful }) => {
    const files = (text: string | undefined) =>
      new Map([['other', 'x'], ...(text === undefined ? [] : [['f', text] as const])])
    const request = {
      paths: ['f', 'f'],
      goodFiles: files(good),
      badFiles: files(bad),
      currentFiles: new Map([...files(now), ['other', 'changed']]),
    }
    expect(planRevert({ ...request, mode: 'exact' })).toEqual({ files: exact, conflicts: [] })
    const conflicts = now === 'later' ? ['f'] : []
    expect(planRevert({ ...request, mode: 'careful' })).toEqual({ files: careful, conflicts })
  })
})

describe('irreversibleChanges', () => {
  const object = (kind: string, rest: Record<string, unknown> = {}, annotations = {}): KubernetesObject => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'x', namespace: 'shop', annotations },
    ...rest,
  })
  const crd = (stored: string) =>
    object('CustomResourceDefinition', {
      spec: { versions: ['v1', 'v2'].map((name) => ({ name, storage: name === stored })) },
    })
  it.each`
    case                        | before                                             | after                                                                      | found
    ${'an ordinary change'}     | ${object('Deployment', { spec: { replicas: 1 } })} | ${object('Deployment', { spec: { replicas: 2 } })}                         | ${0}
    ${'a new Job'}              | ${undefined}                                       | ${object('Job')}                                                           | ${1}
    ${'the same Job'}           | ${object('Job')}                                   | ${object('Job')}                                                           | ${0}
    ${'another stored version'} | ${crd('v1')}                                       | ${crd('v2')}                                                               | ${1}
    ${'the same version'}       | ${crd('v1')}                                       | ${crd('v1')}                                                               | ${0}
    ${'volumes'}                | ${object('StatefulSet', { spec: {} })}             | ${object('StatefulSet', { spec: { volumeClaimTemplates: [1] } })}          | ${1}
    ${'a claim'}                | ${object('PersistentVolumeClaim', { spec: 1 })}    | ${object('PersistentVolumeClaim', { spec: 2 })}                            | ${1}
    ${'a secret'}               | ${object('Secret', { data: { a: 'eA==' } })}       | ${object('Secret', { data: { a: 'eQ==' } })}                               | ${1}
    ${'marked'}                 | ${object('Deployment')}                            | ${object('Deployment', {}, { 'drawbridge.dev/rollback': 'forward-only' })} | ${1}
  `('$case: $found', ({ before, after, found }) => {
    const changes = irreversibleChanges(before ? [before] : [], [after])
    expect(changes).toHaveLength(found)
    expect(changes.join()).not.toContain('eQ==')
  })
})
