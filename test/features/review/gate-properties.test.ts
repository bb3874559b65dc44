import * as fc from '../../properties.ts'
import { describe, expect, it } from 'vitest'
import type { Permission, Review } from '../../../src/domain/pull.ts'
import type { Override } from '../../../src/domain/release.ts'
import { gateNames, type Verdict } from '../../../src/domain/verdict.ts'
import { parseCodeowners } from '../../../src/features/approvals/codeowners.ts'
import { evaluateRight } from '../../../src/features/commands/evaluate-right.ts'
import { applyOverrides } from '../../../src/features/review/apply-overrides.ts'
import { decideReview } from '../../../src/features/review/decide-review.ts'
import type { ReviewFacts } from '../../../src/features/review/review-facts.ts'
import { evaluateWindows } from '../../../src/features/windows/evaluate-windows.ts'
import { aConfiguration, aFreeze, anActor, anEnvironment, aPull, noon, reviewFacts } from '../../builders.ts'

const people = ['ada', 'grace', 'radia', 'ken'] as const
const person = fc.constantFrom(...people)
const head = 'a'.repeat(40)
const digestKeys = { now: { 'prod/prod-eu/checkout': 'd1' }, before: { 'prod/prod-eu/checkout': 'd9' } }

/** Reviews of one person each, and what some of them were seen to approve. */
const reviews = fc.uniqueArray(
  fc.record({
    login: person,
    state: fc.constantFrom<Review['state'][]>(
      'approved',
      'approved',
      'changes-requested',
      'commented',
      'dismissed',
    ),
    isOfHead: fc.boolean(),
    record: fc.constantFrom('now', 'before', 'none'),
    minutes: fc.nat(50),
  }),
  { maxLength: 6, selector: ({ minutes }) => minutes },
)

const codeowners = fc
  .array(
    fc.tuple(
      fc.constantFrom('*', '/apps/', '/apps/checkout/', 'docs/'),
      fc.constantFrom('@grace', '@shop/owners'),
    ),
    {
      maxLength: 4,
    },
  )
  .map((lines) => parseCodeowners(lines.map((line) => line.join(' ')).join('\n'), 'CODEOWNERS').codeowners)

const facts: fc.Arbitrary<ReviewFacts> = fc
  .record({
    reviews,
    codeowners: fc.option(codeowners, { nil: undefined }),
    writers: fc.subarray([...people]),
    team: fc.option(fc.subarray([...people]), { nil: undefined }),
    contributors: fc.subarray([...people]),
    isFrozen: fc.boolean(),
    lockedBy: fc.option(person, { nil: undefined }),
  })
  .map((drawn) =>
    reviewFacts({
      configuration: aConfiguration({ environments: [anEnvironment({ waves: [['prod-eu']] })] }),
      approvals: {
        codeowners: drawn.codeowners,
        reviews: drawn.reviews.map(({ login, state, isOfHead, minutes }) => ({
          id: String(minutes + 100),
          author: anActor(login),
          state,
          sha: isOfHead ? head : 'e'.repeat(40),
          at: noon + minutes * 60_000,
        })),
        recorded: drawn.reviews.flatMap(({ minutes, record }) =>
          record === 'none' ? [] : [{ id: String(minutes + 100), sha: head, digests: digestKeys[record] }],
        ),
        contributors: drawn.contributors.map(anActor),
        self: anActor('drawbridge[bot]'),
        teams: new Map(drawn.team === undefined ? [] : [['@shop/owners', drawn.team.map(anActor)]]),
        permissions: new Map<string, Permission>(
          people.map((login) => [`id-${login}`, drawn.writers.includes(login) ? 'write' : 'read']),
        ),
      },
      freezes: drawn.isFrozen ? [aFreeze()] : [],
      locks:
        drawn.lockedBy === undefined
          ? []
          : [
              {
                environment: 'prod',
                application: '*',
                reason: 'a look',
                by: anActor(drawn.lockedBy),
                at: noon,
              },
            ],
    }),
  )

const decide = (given: ReviewFacts) => decideReview(given, 'key', noon + 3_600_000)
const isOpen = (given: ReviewFacts) => decide(given).outcome === 'pass'

/** Every way to take one piece of evidence away. */
function withoutOne(given: ReviewFacts): ReviewFacts[] {
  const { approvals } = given
  const with_ = (change: Partial<ReviewFacts['approvals']>) => ({
    ...given,
    approvals: { ...approvals, ...change },
  })
  const spare = <T>(list: readonly T[], index: number) => list.filter((_, at) => at !== index)
  return [
    ...approvals.reviews.flatMap((review, index) =>
      review.state === 'approved' || review.state === 'commented'
        ? [with_({ reviews: spare(approvals.reviews, index) })]
        : [],
    ),
    ...[...approvals.teams.keys()].map(() => with_({ teams: new Map() })),
    ...[...approvals.teams].flatMap(([name, members]) =>
      members.map((_, index) => with_({ teams: new Map([[name, spare(members, index)]]) })),
    ),
  ]
}

/**
 * | taken away                                              | may open |
 * | ------------------------------------------------------- | -------- |
 * | an approval that nothing older of that person is behind | no       |
 * | a comment, a team, one of its members                   | no       |
 * | a permission of somebody who asks for no changes        | no       |
 * | a freeze, a lock, a change request, a dismissed review  | yes      |
 * | a line of CODEOWNERS (others own the file then)         | yes      |
 */
describe('a gate', () => {
  it('does not open because evidence is taken away', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const isNewestOnly = new Set(given.approvals.reviews.map(({ author }) => author.id)).size
        fc.pre(isNewestOnly === given.approvals.reviews.length && !isOpen(given))
        expect(withoutOne(given).filter(isOpen)).toEqual([])
      }),
    )
  })

  it('does not open because somebody loses a permission who asks for no changes', () => {
    fc.assert(
      fc.property(facts, person, (given, login) => {
        const { approvals } = given
        const asks = approvals.reviews.some(
          ({ author, state }) => author.login === login && state === 'changes-requested',
        )
        fc.pre(!asks && !isOpen(given))
        const permissions = new Map([...approvals.permissions].filter(([id]) => id !== `id-${login}`))
        expect(isOpen({ ...given, approvals: { ...approvals, permissions } })).toBe(false)
      }),
    )
  })

  it('says the same of the same facts, frozen, and whatever the order of their lists', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const { approvals } = given
        const turned = {
          ...given,
          approvals: {
            ...approvals,
            reviews: approvals.reviews.toReversed(),
            recorded: approvals.recorded.toReversed(),
            contributors: approvals.contributors.toReversed(),
            permissions: new Map([...approvals.permissions].toReversed()),
            teams: new Map([...approvals.teams].map(([name, members]) => [name, members.toReversed()])),
          },
        }
        const before = JSON.stringify(given)
        const outcomes = [given, deepFreeze(structuredClone(given)), turned].map((each) => {
          const { verdicts, mergesByRule, next } = decide(each)
          return JSON.stringify({ verdicts: verdicts.map(withoutOrder), mergesByRule, next })
        })
        expect(new Set(outcomes).size).toBe(1)
        expect(JSON.stringify(given)).toBe(before)
      }),
    )
  })
})

/** Who is named first hangs on who came first, and is for people. */
function withoutOrder({ gate, outcome, until }: Verdict) {
  return { gate, outcome, until }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const each of Object.values(value)) deepFreeze(each)
  }
  return value
}

describe('overrides', () => {
  const override: fc.Arbitrary<Override> = fc.record({
    pull: fc.constantFrom(12, 13),
    head: fc.constantFrom(head, 'e'.repeat(40)),
    gate: fc.constantFrom('approvals' as const, 'window' as const, 'all' as const),
    reason: fc.constantFrom('late', 'broken'),
    by: person.map(anActor),
    at: fc.constantFrom(noon - 10, noon, noon + 10),
    until: fc.constantFrom(noon, noon + 5, noon + 3_600_000),
  })
  const closed: Verdict[] = gateNames.map((gate) => ({
    gate,
    outcome: 'wait',
    reason: 'closed',
    details: [],
  }))
  const opened = (given: readonly Override[]) =>
    applyOverrides(closed, given, { pull: 12, head }, noon)
      .filter(({ outcome }) => outcome === 'pass')
      .map(({ gate }) => gate)

  it('open no more when one of them is gone, and the same in any order', () => {
    fc.assert(
      fc.property(fc.array(override, { maxLength: 8 }), fc.nat(7), (given, gone) => {
        const fewer = opened(given.filter((_, index) => index !== gone))
        expect(opened(given)).toEqual(expect.arrayContaining(fewer))
        const answer = applyOverrides(closed, given, { pull: 12, head }, noon)
        expect(applyOverrides(closed, given.toReversed(), { pull: 12, head }, noon)).toEqual(answer)
      }),
    )
  })

  it('never open what cannot be read or rendered', () => {
    fc.assert(
      fc.property(fc.array(override, { maxLength: 8 }), (given) => {
        expect(opened(given)).not.toContain('configuration')
        expect(opened(given)).not.toContain('render')
      }),
    )
  })
})

describe('the window', () => {
  const freeze = fc.record({
    application: fc.constantFrom('*', 'checkout', 'search'),
    until: fc.constantFrom(undefined, noon, noon + 10),
  })
  it('opens by no freeze that comes, and closes by none that goes', () => {
    fc.assert(
      fc.property(fc.array(freeze, { maxLength: 4 }), freeze, (some, one) => {
        const outcome = (given: readonly (typeof one)[]) =>
          evaluateWindows(
            {
              environments: [anEnvironment()],
              applications: ['checkout'],
              changeClass: 'change',
              freezes: given.map((each) => aFreeze(each)),
              locks: [],
              requesters: [aPull().author.id],
            },
            noon,
          ).outcome
        expect([outcome([...some, one]), outcome(some)]).not.toEqual(['pass', 'wait'])
        expect(outcome(some.toReversed())).toBe(outcome(some))
      }),
    )
  })
})

describe('a right', () => {
  const role = fc.record({
    name: fc.constant('a role'),
    members: fc.subarray(['@ada', '@shop/release']),
    permission: fc.constantFrom(undefined, 'write' as const, 'admin' as const),
    may: fc.subarray(['approve' as const, 'freeze' as const, 'help' as const]),
    environments: fc.subarray(['prod', 'stag*', '*']),
    applications: fc.subarray(['checkout', '*']),
  })
  const ladder: Permission[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin']

  it('is not won by losing a role, a team or a permission', () => {
    fc.assert(
      fc.property(
        fc.array(role, { maxLength: 4 }),
        fc.nat(3),
        fc.constantFrom('approve' as const, 'freeze' as const, 'help' as const),
        fc.constantFrom(undefined, 'prod', 'staging'),
        fc.integer({ min: 1, max: 5 }),
        (roles, gone, verb, environment, level) => {
          const ask = (given: typeof roles, permission: number, teams: string[]) =>
            evaluateRight(given, {
              verb,
              environment,
              actor: anActor('ada'),
              permission: ladder[permission] ?? 'none',
              teams,
            }).isAllowed
          const now = ask(roles, level, ['@shop/release'])
          const less = [
            ask(
              roles.filter((_, index) => index !== gone),
              level,
              ['@shop/release'],
            ),
            ask(roles, level - 1, ['@shop/release']),
            ask(roles, level, []),
          ]
          expect(now || !less.includes(true)).toBe(true)
          expect(ask(roles.toReversed(), level, ['@shop/release'])).toBe(now)
        },
      ),
    )
  })
})
