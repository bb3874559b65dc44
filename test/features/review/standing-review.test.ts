import { describe, expect, it } from 'vitest'
import type { Window } from '../../../src/domain/configuration.ts'
import type { Permission } from '../../../src/domain/pull.ts'
import { decideReview } from '../../../src/features/review/decide-review.ts'
import type { ReviewFacts } from '../../../src/features/review/review-facts.ts'
import {
  isAsSeen,
  type PeopleNow,
  standingReview,
  turned,
  type TurnFacts,
  turnOrder,
  turnWindow,
} from '../../../src/features/review/standing-review.ts'
import {
  aConfiguration,
  aFreeze,
  anActor,
  anEnvironment,
  aPin,
  aPromotion,
  aReview,
  drawbridge,
  aPull,
  noon,
  reviewFacts,
} from '../../builders.ts'

const hour = 3_600_000
const afternoon: Window = {
  kind: 'allow',
  name: 'afternoon',
  zone: 'UTC',
  days: [0, 1, 2, 3, 4, 5, 6],
  from: '12:00',
  to: '18:00',
  exceptClasses: [],
}
const configuration = aConfiguration({ environments: [anEnvironment({ windows: [afternoon] })] })
const seen = reviewFacts({ configuration })
const evening = noon + 6 * hour

function standingOf(facts: ReviewFacts, at = noon) {
  return standingReview(facts, decideReview(facts, 'key', at))
}

function factsNow(overrides: Partial<TurnFacts> = {}): TurnFacts {
  return {
    configuration,
    base: seen.pull.baseSha,
    freezes: [],
    locks: [],
    overrides: [],
    pins: [],
    ...overrides,
  }
}

function outcomes(facts: ReviewFacts, now: TurnFacts, at: number) {
  const { verdicts, opens } = turnWindow(standingOf(facts), now, at)
  return { window: verdicts?.find(({ gate }) => gate === 'window')?.outcome, opens }
}

/*
 * At noon everything is open. | moment                  | window gate | opens
 *                             | noon                    | says what it said
 *                             | the end of the window   | wait        | no
 *                             | frozen at noon          | wait        | no
 */
describe('the window gate of a standing review', () => {
  it.each`
    case                   | now                                   | at         | expected
    ${'nothing happened'}  | ${factsNow()}                         | ${noon}    | ${{ window: undefined, opens: false }}
    ${'the window closes'} | ${factsNow()}                         | ${evening} | ${{ window: 'wait', opens: false }}
    ${'somebody freezes'}  | ${factsNow({ freezes: [aFreeze()] })} | ${noon}    | ${{ window: 'wait', opens: false }}
  `('$case', ({ now, at, expected }) => {
    expect(outcomes(seen, now, at)).toEqual(expected)
  })

  it('opens where it was closed, and says the same when it is asked again', () => {
    const closed = standingOf(seen, evening)
    const opening = turnWindow(closed, factsNow(), noon + 24 * hour)
    expect(opening).toMatchObject({ opens: true, next: noon + 30 * hour })
    const after = turned(closed, factsNow(), noon + 24 * hour)
    expect(turnWindow(after, factsNow(), noon + 24 * hour).verdicts).toBeUndefined()
  })

  it('is as a whole look at that moment would say it', () => {
    for (const at of [noon, evening, noon + 24 * hour]) {
      const { verdicts } = turnWindow(standingOf(seen), factsNow(), at)
      expect(verdicts ?? decideReview(seen, 'key', noon).verdicts).toEqual(
        decideReview(seen, 'key', at).verdicts,
      )
    }
  })

  it('counts what two people override', () => {
    const override = (login: string) => ({
      pull: seen.pull.ref.number,
      head: seen.pull.headSha,
      gate: 'window' as const,
      reason: 'it cannot wait',
      by: anActor(login),
      at: noon,
      until: noon + 8 * hour,
    })
    const overrides = [override('radia'), override('ken')]
    expect(outcomes(seen, factsNow({ overrides }), evening)).toEqual({ window: 'pass', opens: true })
  })
})

/*
 * What opens, opens only where nothing else is new; anything else needs a look.
 */
describe('a standing review', () => {
  const reviewer = seen.approvals.reviews[0]?.author ?? anActor('nobody')
  const standing = standingOf(seen)
  const people = (more: Partial<PeopleNow> = {}): PeopleNow => ({
    mark: standing.mark,
    permissions: new Map(standing.reviewers.map(({ actor, permission }) => [actor.id, permission])),
    teams: seen.approvals.teams,
    ...more,
  })
  const marked = (more: object) => people({ mark: { ...standing.mark, ...more } })
  const demoted = new Map<string, Permission>([[reviewer.id, 'read']])
  const other = aConfiguration({ environments: [anEnvironment()] })

  it('has somebody who reviewed', () => {
    expect(standing.reviewers.length).toBeGreaterThan(0)
  })

  it.each`
    case                       | facts                                 | people                                           | isSeen
    ${'nothing is new'}        | ${factsNow()}                         | ${people()}                                      | ${true}
    ${'another base'}          | ${factsNow({ base: 'f'.repeat(40) })} | ${people()}                                      | ${false}
    ${'other rules'}           | ${factsNow({ configuration: other })} | ${people()}                                      | ${false}
    ${'a new pin'}             | ${factsNow({ pins: [aPin()] })}       | ${people()}                                      | ${false}
    ${'another head'}          | ${factsNow()}                         | ${marked({ headSha: 'f'.repeat(40) })}           | ${false}
    ${'another base branch'}   | ${factsNow()}                         | ${marked({ baseBranch: 'other' })}               | ${false}
    ${'a draft by now'}        | ${factsNow()}                         | ${marked({ isDraft: true })}                     | ${false}
    ${'a review dismissed'}    | ${factsNow()}                         | ${marked({ reviews: ['1 dismissed'] })}          | ${false}
    ${'reviews beyond a page'} | ${factsNow()}                         | ${marked({ reviews: undefined })}                | ${false}
    ${'who reviewed lost it'}  | ${factsNow()}                         | ${people({ permissions: demoted })}              | ${false}
    ${'another team'}          | ${factsNow()}                         | ${people({ teams: new Map([['@shop/x', []]]) })} | ${Object.keys(standing.teams).length === 0}
  `('holds: $case → $isSeen', ({ facts, people: now, isSeen }) => {
    expect(isAsSeen(standing, facts, now)).toBe(isSeen)
  })

  it('of a promotion, or with an approval by comment, always needs a look', () => {
    const byComment = reviewFacts({
      configuration,
      approvals: { ...seen.approvals, reviews: [aReview('grace', { isByComment: true })] },
    })
    const proposal = reviewFacts({
      configuration,
      pull: aPull({ author: drawbridge }),
      proposal: aPromotion(),
    })
    for (const facts of [byComment, proposal]) {
      const own = standingOf(facts)
      expect(isAsSeen(own, factsNow(), { ...people(), mark: own.mark })).toBe(false)
    }
  })
})

describe('the order of turns', () => {
  const graph = aConfiguration({
    environments: ['dev', 'staging', 'prod'].map((name, index, names) =>
      anEnvironment({
        name,
        ...(index > 0 && {
          promotion: {
            from: { environments: [names[index - 1] ?? ''], need: 1 },
            soakSeconds: 0,
            isAutomatic: false,
            merge: 'people' as const,
          },
        }),
      }),
    ),
  })
  const into = (environment: string) => ({
    ...standingOf(seen),
    change: { ...standingOf(seen).change, targets: [{ application: 'a', environment, cluster: 'c' }] },
  })

  it('is closing before opening, and production first', () => {
    const turns = [
      ['dev', false],
      ['prod', true],
      ['prod', false],
      ['staging', false],
    ] as const
    const sorted = turns.toSorted((left, right) => {
      const [one, two] = [left, right].map(([name, opens]) => turnOrder(into(name), { opens }, graph))
      return (one?.[0] ?? 0) - (two?.[0] ?? 0) || (one?.[1] ?? 0) - (two?.[1] ?? 0)
    })
    expect(sorted.map(([name, opens]) => `${name} ${opens ? 'opens' : 'closes'}`)).toEqual([
      'prod closes',
      'staging closes',
      'dev closes',
      'prod opens',
    ])
  })
})
