import { describe, expect, it } from 'vitest'
import type { SloState } from '../../../src/domain/slo.ts'
import { burnSpans } from '../../../src/features/slo/burn-spans.ts'
import { countRecorded, type RecordedStep } from '../../../src/features/slo/recorded-steps.ts'
import { type ReplayedLook, replayedRelease } from '../../../src/features/slo/replayed-release.ts'
import { versionChanges } from '../../../src/features/slo/version-changes.ts'
import { anAttestation } from '../../builders.ts'

const minute = 60_000

/** A step for each word, a minute apart: the versions that were counted, joined by `+`; `-` for none, `.` for nothing recorded. */
function stepsOf(words: string): RecordedStep[] {
  return words.split(' ').flatMap((word, index) => {
    if (word === '.') return []
    const names = word === '-' ? [] : word.split('+')
    return [
      { at: index * minute, versions: new Map(names.map((name) => [name, { bad: 1, total: 10 }] as const)) },
    ]
  })
}
const times = (word: string, count: number) => Array.from({ length: count }, () => word).join(' ')

describe('what was recorded', () => {
  // | the span                     | what is counted         |
  // | whole steps                  | each                    |
  // | begins or ends within a step | its part                |
  // | nothing was recorded in it   | nothing is known, not 0 |
  it.each`
    case                  | steps      | from   | to     | total
    ${'all'}              | ${'a a a'} | ${0}   | ${3}   | ${30}
    ${'one'}              | ${'a a a'} | ${1}   | ${2}   | ${10}
    ${'parts'}            | ${'a a a'} | ${0.5} | ${2.5} | ${20}
    ${'within one'}       | ${'a a a'} | ${1.2} | ${1.7} | ${5}
    ${'versions'}         | ${'a+b'}   | ${0}   | ${1}   | ${20}
    ${'a gap'}            | ${'a . a'} | ${0}   | ${3}   | ${20}
    ${'in a gap'}         | ${'a . a'} | ${1}   | ${2}   | ${undefined}
    ${'no events at all'} | ${'-'}     | ${0}   | ${1}   | ${0}
    ${'before'}           | ${'a'}     | ${-2}  | ${0}   | ${undefined}
    ${'after'}            | ${'a'}     | ${1}   | ${2}   | ${undefined}
  `('is counted by parts of steps: $case', ({ steps, from, to, total }) => {
    const counts = countRecorded(stepsOf(steps), minute, from * minute, to * minute)
    const sum = counts && [...counts.values()].reduce((all, one) => all + one.total, 0)
    expect(sum === undefined ? undefined : Number(sum.toFixed(9))).toBe(total)
  })
})

describe('the changes of a version label', () => {
  // | the version                              | it is                            |
  // | was there from the first step on         | the baseline                     |
  // | comes                                    | a change                         |
  // | comes back after 10 minutes or more      | a revert                         |
  // | comes back sooner, or all were away      | no release                       |
  it.each`
    case                               | steps                       | changes
    ${'nothing'}                       | ${'.'}                      | ${''}
    ${'one, always'}                   | ${'a a a'}                  | ${'0 a baseline'}
    ${'another beside it'}             | ${'a a+b b'}                | ${'0 a baseline, 1 b change'}
    ${'it comes back'}                 | ${`a ${times('b', 11)} a`}  | ${'0 a baseline, 1 b change, 12 a revert'}
    ${'it comes back at once'}         | ${`a ${times('b', 9)} a+b`} | ${'0 a baseline, 1 b change'}
    ${'nothing was counted meanwhile'} | ${`a ${times('.', 30)} a`}  | ${'0 a baseline'}
    ${'empty for long'}                | ${`a ${times('-', 30)} a`}  | ${'0 a baseline'}
    ${'after a gap it is another'}     | ${`a ${times('.', 30)} b`}  | ${'0 a baseline, 31 b change'}
  `('$case', ({ steps, changes }) => {
    const found = versionChanges(stepsOf(steps))
    expect(found.map(({ at, version, kind }) => `${at / minute} ${version} ${kind}`).join(', ')).toBe(changes)
  })

  it('are none of series that have no such label', () => {
    expect(versionChanges([{ at: 0, versions: new Map([['', { bad: 0, total: 1 }]]) }])).toEqual([])
  })
})

describe('what the looks at a release come to', () => {
  const slo = {
    name: 'answers',
    application: 'checkout',
    environment: 'prod',
    objective: 0.999,
    windowDays: 28 as const,
    totalEvents: 'all',
    onBreach: 'revert' as const,
  }
  const release = anAttestation()
  const look = (kind: ReplayedLook['decision']['kind'], state: SloState, at: number): ReplayedLook => ({
    at,
    state,
    bad: release,
    decision: { kind, reason: `${kind} at ${at}`, evidence: [] },
  })

  it.each`
    case                                    | looks                                                                     | outcome      | at           | reason
    ${'well'}                               | ${[look('nothing', 'healthy', 1), look('nothing', 'healthy', 2)]}         | ${'nothing'} | ${undefined} | ${'nothing at 2'}
    ${'reported, then nothing'}             | ${[look('report', 'breached', 1), look('nothing', 'healthy', 2)]}         | ${'report'}  | ${1}         | ${'report at 1'}
    ${'reported, then taken back'}          | ${[look('report', 'not-attributable', 1), look('revert', 'breached', 2)]} | ${'revert'}  | ${2}         | ${'revert at 2'}
    ${'mostly blind'}                       | ${[look('wait', 'blind', 1), look('nothing', 'healthy', 2)]}              | ${'unknown'} | ${undefined} | ${'nothing at 2'}
    ${'blind, and taken back nevertheless'} | ${[look('wait', 'blind', 1), look('revert', 'breached', 2)]}              | ${'revert'}  | ${2}         | ${'revert at 2'}
    ${'never looked at'}                    | ${[]}                                                                     | ${'unknown'} | ${undefined} | ${'it was never looked at: another release followed at once'}
  `('$case → $outcome', ({ looks, ...expected }) => {
    const { outcome, at, reason } = replayedRelease(slo, release, 0, looks)
    expect({ case: expected.case, outcome, at, reason }).toEqual(expected)
  })

  it('names the release that is taken back, where it is an earlier one', () => {
    const bad = anAttestation({ revision: 'b'.repeat(40) })
    const blaming = { ...look('revert', 'breached', 1), bad }
    expect(replayedRelease(slo, release, 0, [blaming]).blamed).toMatchObject({ revision: bad.revision })
    expect(replayedRelease(slo, release, 0, [look('revert', 'breached', 1)]).blamed).toBeUndefined()
  })
})

describe('times in which the budget burned', () => {
  /** A look for each letter: b burns, h is healthy, - is none. */
  const looksOf = (letters: string) =>
    [...letters].flatMap((letter, at) =>
      letter === '-'
        ? []
        : [
            {
              at,
              verdict: {
                state: letter === 'b' ? ('breached' as const) : ('healthy' as const),
                reason: '',
                burnRate: at,
              },
            },
          ],
    )
  it.each`
    case                             | looks      | watched                 | spans
    ${'none'}                        | ${'hhh'}   | ${[]}                   | ${''}
    ${'one'}                         | ${'hbbh'}  | ${[]}                   | ${'1-2 at 2'}
    ${'two'}                         | ${'bhbb'}  | ${[]}                   | ${'0-0 at 0, 2-3 at 3'}
    ${'a look is missing'}           | ${'b-b'}   | ${[]}                   | ${'0-0 at 0, 2-2 at 2'}
    ${'it began while watched'}      | ${'hbbbb'} | ${[{ from: 0, to: 2 }]} | ${''}
    ${'it began before the release'} | ${'bbbb'}  | ${[{ from: 1, to: 9 }]} | ${'0-3 at 3'}
  `('$case', ({ looks, watched, spans }) => {
    const found = burnSpans(looksOf(looks), 1, watched)
    expect(found.map(({ from, to, burnRate }) => `${from}-${to} at ${burnRate}`).join(', ')).toBe(spans)
  })
})
