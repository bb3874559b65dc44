import { describe, expect, it } from 'vitest'
import type { RenderedTarget } from '../../../src/domain/rendered-target.ts'
import { matchTargets } from '../../../src/features/diff/match-targets.ts'

const target = (application: string, source: string, environment = 'prod'): RenderedTarget => ({
  target: { application, environment, cluster: 'eu' },
  source,
  objects: [],
  digest: '0'.repeat(40),
})

function match(before: RenderedTarget[], after: RenderedTarget[]) {
  const say = (each?: RenderedTarget) => (each ? `${each.target.application}@${each.source}` : '-')
  return matchTargets(before, after).map((pair) => `${say(pair.before)} → ${say(pair.after)}`)
}

describe('targets of two renderings', () => {
  it.each([
    ['one name, one source', [target('a', 'x')], [target('a', 'x')], ['a@x → a@x']],
    ['a folder that moved', [target('a', 'x')], [target('a', 'y')], ['a@x → a@y']],
    [
      'a longer name, because another of its name appeared',
      [target('web', 'one/web')],
      [target('one-web', 'one/web'), target('two-web', 'two/web')],
      ['web@one/web → one-web@one/web', '- → two-web@two/web'],
    ],
    [
      'a name that another source took over',
      [target('web', 'one')],
      [target('web', 'two'), target('one-web', 'one')],
      ['web@one → one-web@one', '- → web@two'],
    ],
    [
      'one folder delivered twice',
      [target('a', 'x'), target('b', 'x')],
      [target('b', 'x'), target('a', 'x')],
      ['a@x → a@x', 'b@x → b@x'],
    ],
    ['another environment', [target('a', 'x')], [target('a', 'x', 'dev')], ['- → a@x', 'a@x → -']],
  ])('%s', (_case, before, after, expected) => {
    expect(match(before, after)).toEqual(expected)
  })
})
