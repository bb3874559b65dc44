import { expect, it } from 'vitest'
import type { Problem } from '../../../src/domain/problem.ts'
import { changedNotices } from '../../../src/features/review/changed-notices.ts'

interface Row {
  before: Problem[]
  after: Problem[]
  changed: string[]
  shown: number
}

const notice = (path: string, message = 'redis 1.x is not here', line = 1) => ({
  code: 'CHART_IS_REMOTE',
  path,
  line,
  message,
  fix: 'nothing',
})

/**
 * | the base says it | its file is edited | shown |
 * |------------------|--------------------|-------|
 * | yes              | no                 | no    |
 * | yes              | yes                | yes   |
 * | no               | either             | yes   |
 */
it.each`
  case                        | before                             | after                               | changed       | shown
  ${'nothing is edited'}      | ${[notice('a.yaml')]}              | ${[notice('a.yaml')]}               | ${[]}         | ${0}
  ${'another file is edited'} | ${[notice('a.yaml')]}              | ${[notice('a.yaml')]}               | ${['b.yaml']} | ${0}
  ${'its file is edited'}     | ${[notice('a.yaml')]}              | ${[notice('a.yaml', undefined, 9)]} | ${['a.yaml']} | ${1}
  ${'it is new'}              | ${[]}                              | ${[notice('a.yaml')]}               | ${['a.yaml']} | ${1}
  ${'it says something else'} | ${[notice('app', 'A is unknown')]} | ${[notice('app', 'B is unknown')]}  | ${[]}         | ${1}
  ${'it is gone'}             | ${[notice('a.yaml')]}              | ${[]}                               | ${['a.yaml']} | ${0}
`('$case: $shown shown', ({ before, after, changed, shown }: Row) => {
  expect(changedNotices(before, after, new Set(changed))).toHaveLength(shown)
})
