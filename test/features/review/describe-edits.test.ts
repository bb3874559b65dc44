import { describe, expect, it } from 'vitest'
import type { DiffKind, ObjectDiff } from '../../../src/domain/object-diff.ts'
import { describeEdits } from '../../../src/features/review/describe-edits.ts'

const image = 'spec.template.spec.containers[app].image'

function changed(field: string, before: unknown, after: unknown, change: DiffKind = 'changed'): ObjectDiff {
  const id = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'checkout' }
  return { ...id, change, dangers: [], hunks: [], foldedLines: 0, fields: [{ field, before, after }] }
}

/**
 * What a glance at a group of changes is told. Versions and replicas come first, the same edit of many objects once;
 * metadata, positions in lists, long texts and what comes or goes are left to the diff.
 */
describe('describeEdits', () => {
  it.each`
    case                          | field                  | before          | after           | words
    ${'a tag'}                    | ${image}               | ${'r/a:1'}      | ${'r/a:2'}      | ${['image 1 → 2']}
    ${'a tag with a digest'}      | ${image}               | ${'a:1@sha:x'}  | ${'a:2@sha:y'}  | ${['image 1 → 2']}
    ${'a registry with a port'}   | ${image}               | ${'r:5000/a:1'} | ${'r:5000/a:2'} | ${['image 1 → 2']}
    ${'another image'}            | ${image}               | ${'a:1'}        | ${'b:1'}        | ${['image a:1 → b:1']}
    ${'no tag any more'}          | ${image}               | ${'a:1'}        | ${'a'}          | ${['image 1 → (no tag)']}
    ${'a number'}                 | ${'spec.replicas'}     | ${3}            | ${0}            | ${['replicas 3 → 0']}
    ${'a value that was not set'} | ${'spec.paused'}       | ${undefined}    | ${true}         | ${['paused ∅ → true']}
    ${'a secret'}                 | ${'data.password'}     | ${'‹masked a›'} | ${'‹masked b›'} | ${['password changed']}
    ${'a label'}                  | ${'metadata.labels.x'} | ${'1'}          | ${'2'}          | ${[]}
    ${'a position'}               | ${'users[0]'}          | ${'ada'}        | ${'bob'}        | ${[]}
    ${'an object'}                | ${'spec.affinity'}     | ${undefined}    | ${{ a: 1 }}     | ${[]}
    ${'a text of many lines'}     | ${'data.nginx'}        | ${'a\nb'}       | ${'a\nc'}       | ${[]}
  `('$case', ({ field, before, after, words }) => {
    expect(describeEdits([changed(field, before, after)])).toEqual(words)
  })

  it('says the same edit of many objects once, versions first, and counts the rest', () => {
    const edits = [
      changed('spec.a', 1, 2),
      changed('spec.b', 1, 2),
      changed(image, 'a:1', 'a:2'),
      changed(image, 'b:1', 'b:2'),
      changed('spec.c', 1, 2),
    ]
    expect(describeEdits(edits)).toEqual(['image 1 → 2', 'a 1 → 2', 'b 1 → 2', '1 more'])
  })

  /** In one map: what goes, what comes. */
  it.each`
    case                         | gone                      | came                         | words
    ${'a renamed label'}         | ${{ disktype: 'ssd' }}    | ${{ 'acme.io/disk': 'ssd' }} | ${['nodeSelector disktype → acme.io/disk']}
    ${'another value'}           | ${{ disktype: 'ssd' }}    | ${{ storage: 'nvme' }}       | ${['disktype ssd → ∅', 'storage ∅ → nvme']}
    ${'one of two that go'}      | ${{ a: 'ssd', b: 'ssd' }} | ${{ c: 'ssd' }}              | ${['a ssd → ∅', 'b ssd → ∅', 'c ∅ → ssd']}
    ${'one of two that come'}    | ${{ a: 'ssd' }}           | ${{ b: 'ssd', c: 'ssd' }}    | ${['a ssd → ∅', 'b ∅ → ssd', 'c ∅ → ssd']}
    ${'two of different values'} | ${{ a: 'ssd', b: 'hdd' }} | ${{ c: 'hdd', d: 'ssd' }}    | ${['nodeSelector a → d', 'nodeSelector b → c']}
  `('tells $case', ({ gone, came, words }) => {
    const map = ['spec', 'nodeSelector']
    const at = (name: string) => ({ field: `spec.nodeSelector.${name}`, path: [...map, name] })
    const fields = [
      ...Object.entries(gone).map(([name, before]) => ({ ...at(name), before })),
      ...Object.entries(came).map(([name, after]) => ({ ...at(name), after })),
    ]
    expect(describeEdits([{ ...changed('', 1, 2), fields }])).toEqual(words)
  })

  it.each(['added', 'removed'] as const)('says nothing of what is %s', (change) => {
    expect(describeEdits([changed(image, 'a:1', 'a:2', change)])).toEqual([])
  })
})
