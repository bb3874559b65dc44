import { describe, expect, it } from 'vitest'
import type { Promoted } from '../../../src/domain/configuration.ts'
import {
  afterMoves,
  bringsBack,
  type PromotedVersion,
  promotedVersions,
  stands,
  versionsBrought,
} from '../../../src/features/promotion/promoted-versions.ts'

const chart = (version: string, name = 'oci://r redis'): PromotedVersion => ({ kind: 'chart', name, version })
const field = (version: string): PromotedVersion => ({ kind: 'field', name: 'values.yaml: mode', version })
const file = (version: string, name = 'apps/a.yaml'): PromotedVersion => ({ kind: 'file', name, version })
const other = (version: string) => file(version, 'apps/b.yaml')

it('names the charts, fields and files of a side as moves do', () => {
  const entry = (path: string, id: string) => ({ path: `shop/prod/${path}`, id, mode: '100644', size: 1 })
  const side = {
    environment: 'prod',
    folder: 'shop/prod',
    files: new Map([
      ['shop/prod/Chart.yaml', 'dependencies: [{name: redis, repository: "oci://r", version: 1.10}]\n'],
      ['shop/prod/values-prod.yaml', 'mode: fast\n'],
    ]),
    entries: [entry('rules/a.yaml', 'aaaaaaaaaa'), entry('rules/kept.yaml', 'bbbbbbbbbb')],
  }
  const promoted: Promoted[] = [
    { kind: 'images' },
    { kind: 'charts' },
    { kind: 'field', file: 'values-{environment}.yaml', field: ['mode'] },
    { kind: 'field', file: 'values-{environment}.yaml', field: ['absent'] },
    { kind: 'folder', folder: 'rules', except: ['kept.yaml'] },
  ]
  expect(promotedVersions(side, promoted)).toEqual([
    chart('1.10'),
    { kind: 'field', name: 'shop/prod/values-prod.yaml: mode', version: 'fast' },
    file('aaaaaaa', 'shop/prod/rules/a.yaml'),
  ])
})

// What a pinned release is told by: what it has that the release before it had not.
it.each`
  case                     | release                     | before                      | brought
  ${'a new version'}       | ${[chart('2'), field('x')]} | ${[chart('1'), field('x')]} | ${[chart('2')]}
  ${'everything at first'} | ${[chart('2'), file('a')]}  | ${[]}                       | ${[chart('2'), file('a')]}
  ${'a file that went'}    | ${[other('b')]}             | ${[file('a'), other('b')]}  | ${[file('none')]}
  ${'a chart that went'}   | ${[]}                       | ${[chart('1')]}             | ${[]}
  ${'the very same'}       | ${[chart('1')]}             | ${[chart('1')]}             | ${[]}
`('brings $case', ({ release, before, brought }) => {
  expect(versionsBrought(release, before)).toEqual(brought)
})

describe('a pin', () => {
  it.each`
    pinned                      | before                      | after                                      | is
    ${[chart('2')]}             | ${[chart('1')]}             | ${[chart('2')]}                            | ${true}
    ${[chart('2')]}             | ${[chart('1')]}             | ${[chart('3')]}                            | ${false}
    ${[chart('2')]}             | ${[chart('2')]}             | ${[chart('2'), field('x')]}                | ${false}
    ${[chart('2'), field('x')]} | ${[chart('1'), field('y')]} | ${[chart('3'), field('x')]}                | ${true}
    ${[file('a')]}              | ${[file('o')]}              | ${[file('a')]}                             | ${true}
    ${[file('a'), other('b')]}  | ${[file('o'), other('o')]}  | ${[file('a'), other('b')]}                 | ${true}
    ${[file('a'), other('b')]}  | ${[file('o'), other('b')]}  | ${[file('a'), other('b')]}                 | ${true}
    ${[file('a'), other('b')]}  | ${[file('o'), other('o')]}  | ${[file('mended'), other('b')]}            | ${false}
    ${[file('a'), other('b')]}  | ${[file('a'), other('b')]}  | ${[file('a'), other('b'), file('x', 'c')]} | ${false}
    ${[file('none')]}           | ${[file('a')]}              | ${[]}                                      | ${true}
    ${[file('none')]}           | ${[]}                       | ${[]}                                      | ${false}
    ${[]}                       | ${[chart('1')]}             | ${[chart('2')]}                            | ${false}
  `('on $pinned keeps $after out after $before: $is', ({ pinned, before, after, is }) => {
    expect(bringsBack(pinned, { before, after })).toBe(is)
  })
})

it.each`
  case                 | versions                                | is
  ${'all of it'}       | ${[chart('2'), other('b'), field('x')]} | ${true}
  ${'a part'}          | ${[chart('2')]}                         | ${false}
  ${'a file too many'} | ${[chart('2'), other('b'), file('a')]}  | ${false}
`('stands as moves would leave it: $case → $is', ({ versions, is }) => {
  const to = (kind: 'chart' | 'file', name: string, after: string) => ({ kind, name, before: '', after })
  const moves = [
    to('chart', 'oci://r redis', '2'),
    to('file', 'apps/b.yaml', 'b'),
    to('file', 'apps/a.yaml', 'none'),
  ]
  expect(stands(versions, moves)).toBe(is)
  expect(stands(versions, [])).toBe(false)
})

it('is told after a promotion by its moves', () => {
  const move = (kind: 'image' | 'chart' | 'file', name: string, before: string, after: string) => ({
    kind,
    name,
    before,
    after,
  })
  const moves = [
    move('image', 'shop/web', '1', '2'),
    move('chart', 'oci://r redis', '1', '2'),
    move('file', 'apps/a.yaml', 'a', 'none'),
    move('file', 'apps/b.yaml', 'none', 'b'),
  ]
  expect(afterMoves([chart('1'), field('x'), file('a')], moves)).toEqual([field('x'), chart('2'), other('b')])
})
