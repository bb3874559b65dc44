import { describe, expect, it } from 'vitest'
import type { FreezeRule, Window } from '../../../src/domain/configuration.ts'
import { gateNames, optionalGates, type GateName } from '../../../src/domain/verdict.ts'
import { decideReview } from '../../../src/features/review/decide-review.ts'
import type { ReviewFacts } from '../../../src/features/review/review-facts.ts'
import {
  aConfiguration,
  aDeployment,
  anActor,
  aTenant,
  aFinding,
  aFreeze,
  aFreezeRule,
  aPin,
  aProblem,
  aPromotion,
  aPull,
  aReview,
  aRelease,
  aRendering,
  aRenderedTarget,
  aRevert,
  anEnvironment,
  drawbridge,
  aHold,
  noon,
  reviewFacts,
} from '../../builders.ts'

const hour = 3_600_000
const image = 'registry.shop.example/checkout'
const ours = aPull({ author: drawbridge })
const none = { ...reviewFacts().approvals, reviews: [] }

const evening: Window = {
  kind: 'allow',
  name: 'evening',
  zone: 'UTC',
  days: [0, 1, 2, 3, 4, 5, 6],
  from: '18:00',
  to: '20:00',
  exceptClasses: [],
}

const promotionRule = {
  from: { environments: ['staging'], need: 1 },
  soakSeconds: 3600,
  isAutomatic: true,
  merge: 'rule' as const,
}
const promotable = aConfiguration({
  environments: [anEnvironment({ name: 'staging' }), anEnvironment({ promotion: promotionRule })],
})

function inStaging(healthyAt: number) {
  return aRelease({
    target: { application: 'checkout', environment: 'staging', cluster: 'staging' },
    healthyAt,
  })
}

/** Our own promotion, soaked, approved, every gate open. */
function aPromotionReview(overrides: Partial<ReviewFacts> = {}): ReviewFacts {
  return reviewFacts({
    pull: ours,
    configuration: promotable,
    proposal: aPromotion(),
    sourceReleases: [inStaging(noon - 2 * hour)],
    ...overrides,
  })
}

function decide(facts: ReviewFacts, now = noon) {
  return decideReview(facts, 'key', now)
}

function verdictOf(gate: GateName, facts: ReviewFacts) {
  return decide(facts).verdicts.find((verdict) => verdict.gate === gate)
}

/**
 * | gate          | pass                        | wait                     | block                               |
 * | ------------- | --------------------------- | ------------------------ | ----------------------------------- |
 * | configuration | valid, or none              |                          | the head leaves a problem           |
 * | render        | renders, or was broken      |                          | a problem that the base has not     |
 * | policy        | no new error                |                          | new error, policy not evaluable     |
 * | approvals     | approved                    | nobody approved          | changes requested                   |
 * | window        | open                        | closed, frozen           |                                     |
 * | promotion     | none, or healthy and soaked | soaking, nothing known   | source degraded, edge gone, pinned  |
 */
function frozenByRule(rule: Partial<FreezeRule> = {}) {
  return reviewFacts({ configuration: aConfiguration({ freezes: [aFreezeRule(rule)] }) })
}

describe('decideReview: every gate', () => {
  it.each<[string, GateName, string, ReviewFacts]>([
    ['a valid configuration', 'configuration', 'pass', reviewFacts()],
    [
      'no configuration',
      'configuration',
      'pass',
      reviewFacts({ configuration: aConfiguration({ isConfigured: false, environments: [] }) }),
    ],
    [
      'a problem in the configuration',
      'configuration',
      'block',
      reviewFacts({ configurationProblems: [aProblem()] }),
    ],
    ['renders', 'render', 'pass', reviewFacts()],
    ['a new problem', 'render', 'block', reviewFacts({ head: aRendering([], [aProblem()]) })],
    [
      'a problem of the base',
      'render',
      'pass',
      reviewFacts({ base: aRendering([], [aProblem()]), head: aRendering([], [aProblem({ line: 9 })]) }),
    ],
    [
      'another problem in the same file',
      'render',
      'block',
      reviewFacts({
        base: aRendering([], [aProblem()]),
        head: aRendering([], [aProblem({ message: 'no such patch' })]),
      }),
    ],
    ...['TOO_LARGE', 'TOO_MANY_SOURCES'].map((code): [string, GateName, string, ReviewFacts] => [
      `${code} on both sides: nothing is seen of the change`,
      'render',
      'block',
      reviewFacts({ base: aRendering([], [aProblem({ code })]), head: aRendering([], [aProblem({ code })]) }),
    ]),
    ['no finding', 'policy', 'pass', reviewFacts()],
    ['a warning', 'policy', 'pass', reviewFacts({ findings: [aFinding({ severity: 'warning' })] })],
    ['an old error', 'policy', 'pass', reviewFacts({ findings: [aFinding({ isOld: true })] })],
    ['a new error', 'policy', 'block', reviewFacts({ findings: [aFinding()] })],
    ['a policy that cannot be evaluated', 'policy', 'block', reviewFacts({ policyProblems: [aProblem()] })],
    ['approved', 'approvals', 'pass', reviewFacts()],
    ['not approved', 'approvals', 'wait', reviewFacts({ approvals: none })],
    [
      'changes requested',
      'approvals',
      'block',
      reviewFacts({
        approvals: {
          ...none,
          reviews: [{ ...reviewFacts().approvals.reviews[0]!, state: 'changes-requested' }],
        },
      }),
    ],
    ['no window', 'window', 'pass', reviewFacts()],
    [
      'outside the window',
      'window',
      'wait',
      reviewFacts({
        configuration: aConfiguration({ environments: [anEnvironment({ windows: [evening] })] }),
      }),
    ],
    ['frozen', 'window', 'wait', reviewFacts({ freezes: [aFreeze()] })],
    ['frozen by a rule', 'window', 'wait', frozenByRule()],
    ['another frozen by a rule', 'window', 'pass', frozenByRule({ applications: ['sea*'] })],
    [
      'another application is frozen',
      'window',
      'pass',
      reviewFacts({ freezes: [aFreeze({ application: 'search' })] }),
    ],
    ['not a promotion', 'promotion', 'pass', reviewFacts()],
    ['healthy and soaked', 'promotion', 'pass', aPromotionReview()],
    ['still soaking', 'promotion', 'wait', aPromotionReview({ sourceReleases: [inStaging(noon - 1)] })],
    ['nothing known of the source', 'promotion', 'wait', aPromotionReview({ sourceReleases: [] })],
    [
      'degraded in the source',
      'promotion',
      'block',
      aPromotionReview({ sourceReleases: [{ ...inStaging(noon - 2 * hour), phase: 'degraded' }] }),
    ],
    ['the edge is gone', 'promotion', 'block', aPromotionReview({ configuration: aConfiguration() })],
    [
      'the edge begins elsewhere now',
      'promotion',
      'block',
      aPromotionReview({ proposal: aPromotion({ from: ['dev'] }) }),
    ],
    ['brings a pinned version', 'promotion', 'block', reviewFacts({ pins: [aPin()] })],
    [
      'brings back what is pinned by its files',
      'promotion',
      'block',
      reviewFacts({ broughtBack: [aPin({ images: {} })] }),
    ],
    [
      'another application is pinned so',
      'promotion',
      'pass',
      reviewFacts({ broughtBack: [aPin({ images: {}, application: 'cart' })] }),
    ],
  ])('%s: %s %ses', (_, gate, outcome, facts) => {
    expect(verdictOf(gate, facts)?.outcome).toBe(outcome)
  })

  it('answers for every gate, in their order, and for those that nothing asks for not', () => {
    const always = gateNames.filter((name) => !optionalGates.includes(name))
    expect(decide(reviewFacts()).verdicts.map(({ gate }) => gate)).toEqual(always)
  })

  const twoOverrides = ['margaret', 'radia'].map((login) => ({
    pull: 12,
    head: 'a'.repeat(40),
    gate: 'all' as const,
    reason: 'now',
    by: anActor(login),
    at: noon,
    until: noon + 1,
  }))

  // outside: what the application may not deliver. overridden: two people opened everything by hand.
  it.each`
    declared | outside  | overridden | outcome
    ${false} | ${false} | ${false}   | ${undefined}
    ${true}  | ${false} | ${false}   | ${'pass'}
    ${true}  | ${true}  | ${false}   | ${'block'}
    ${true}  | ${true}  | ${true}    | ${'block'}
    ${false} | ${true}  | ${false}   | ${'block'}
  `(
    'tenancy: declared $declared, outside $outside → $outcome',
    ({ declared, outside, overridden, outcome }) => {
      const facts = reviewFacts({
        configuration: aConfiguration(declared ? { tenants: [[aTenant()]] } : {}),
        findings: outside ? [aFinding({ gate: 'tenancy', policy: 'tenancy', message: 'may not' })] : [],
        overrides: overridden ? twoOverrides : [],
      })
      expect(verdictOf('tenancy', facts)?.outcome).toBe(outcome)
      expect(verdictOf('policy', facts)?.outcome).toBe('pass')
    },
  )
})

describe('decideReview: the worst outcome wins', () => {
  it.each<[string, string, Partial<ReviewFacts>]>([
    ['all pass', 'pass', {}],
    ['one waits', 'wait', { freezes: [aFreeze()] }],
    ['one waits, one blocks', 'block', { freezes: [aFreeze()], findings: [aFinding()] }],
  ])('%s → %s', (_, outcome, overrides) => {
    expect(decide(reviewFacts(overrides)).outcome).toBe(outcome)
  })

  it('shows everything that is missing at once', () => {
    const facts = reviewFacts({
      configurationProblems: [aProblem({ code: 'CONFIGURATION' })],
      policyProblems: [aProblem({ code: 'POLICY' })],
      codeownersProblems: [aProblem({ code: 'CODEOWNERS' })],
      head: aRendering([], [aProblem()]),
      approvals: none,
    })
    expect(decide(facts).problems.map(({ code }) => code)).toEqual([
      'CONFIGURATION',
      'CODEOWNERS',
      'RENDER_FAILED',
      'POLICY',
    ])
  })
})

describe('decideReview: what counts as changed', () => {
  it('asks for approval of what the base could not render: all of it shows as added', () => {
    const facts = reviewFacts({ base: aRendering([], [aProblem()]), approvals: none })
    expect(decide(facts).diff.targets.map(({ objects }) => objects.map(({ change }) => change))).toEqual([
      ['added'],
    ])
    expect(verdictOf('approvals', facts)?.outcome).toBe('wait')
  })

  it('asks for approval of a removal', () => {
    expect(verdictOf('approvals', reviewFacts({ head: aRendering([]), approvals: none }))?.outcome).toBe(
      'wait',
    )
  })

  it('asks nobody where nothing renders differently', () => {
    const { base } = reviewFacts()
    expect(verdictOf('approvals', reviewFacts({ head: base, approvals: none }))?.outcome).toBe('pass')
  })

  it('does not hold an environment for an application that only changes elsewhere', () => {
    const targets = (digest: string) => [
      aRenderedTarget({ application: 'search', environment: 'dev', cluster: 'dev', digest }),
      aRenderedTarget({ application: 'checkout', digest }),
    ]
    const facts = reviewFacts({
      configuration: aConfiguration({ environments: [anEnvironment(), anEnvironment({ name: 'dev' })] }),
      base: aRendering(targets('d0')),
      head: aRendering(targets('d1')),
      freezes: [aFreeze({ application: 'search' })],
    })
    expect(verdictOf('window', facts)?.outcome).toBe('pass')
  })
})

/**
 * | the change                                      | with a pin of 1.9.0 |
 * | ----------------------------------------------- | ------------------- |
 * | from 1.8.0 to 1.9.0                             | block               |
 * | from 1.8.0 to 1.8.0 and 1.9.0 side by side      | block               |
 * | 1.9.0 runs already, something else changes      | pass                |
 * | away from 1.9.0                                 | pass                |
 * | the application goes                            | pass                |
 * | to 1.9.0, as our own revert                     | pass                |
 *
 * A release that brought no version is known by what it renders to.
 */
describe('decideReview: pins', () => {
  const running = (...versions: string[]) =>
    versions.map((version, index) => aDeployment(`checkout-${index}`, `${image}:${version}`))
  const side = (digest: string, ...versions: string[]) =>
    aRendering(versions.length > 0 ? [aRenderedTarget({ digest, objects: running(...versions) })] : [])

  it.each<[string, string, Partial<ReviewFacts>]>([
    ['brings it', 'block', { base: side('d0', '1.8.0'), head: side('d1', '1.9.0') }],
    ['brings it beside another', 'block', { base: side('d0', '1.8.0'), head: side('d1', '1.8.0', '1.9.0') }],
    ['changes something else', 'pass', { base: side('d0', '1.9.0'), head: side('d1', '1.9.0') }],
    ['leaves it', 'pass', { base: side('d0', '1.9.0'), head: side('d1', '1.8.0') }],
    ['removes the application', 'pass', { base: side('d0', '1.9.0'), head: side('d1') }],
    [
      'is a revert',
      'pass',
      { base: side('d0', '1.8.0'), head: side('d1', '1.9.0'), pull: ours, proposal: aRevert() },
    ],
  ])('%s → %s', (_, outcome, overrides) => {
    expect(verdictOf('promotion', reviewFacts({ ...overrides, pins: [aPin()] }))?.outcome).toBe(outcome)
  })

  it.each([
    ['what was taken back', ['d0', 'd1'], 'block'],
    ['something else', ['d9'], 'pass'],
  ])('without a version, renders to %s → %s', (_, digests, outcome) => {
    const change = { base: side('d2', '1.8.0'), head: side('d1', '1.8.0') }
    const pins = [aPin({ images: {}, digests })]
    expect(verdictOf('promotion', reviewFacts({ ...change, pins }))?.outcome).toBe(outcome)
  })

  it.each([aPin({ environment: 'staging' }), aPin({ application: 'search' })])(
    'knows only pins of the same place',
    (pin) => {
      expect(verdictOf('promotion', reviewFacts({ pins: [pin] }))?.outcome).toBe('pass')
    },
  )

  it('says once who pinned it and how it is lifted', () => {
    const both = (digest: string, version: string) =>
      aRendering(
        ['prod-eu', 'prod-us'].map((cluster) =>
          aRenderedTarget({ cluster, digest, objects: running(version) }),
        ),
      )
    const facts = reviewFacts({ base: both('d0', '1.8.0'), head: both('d1', '1.9.0'), pins: [aPin()] })
    expect(verdictOf('promotion', facts)).toMatchObject({
      details: ['checkout in prod: burnt its SLO (pinned by drawbridge)'],
      fix: expect.stringContaining('/unpin'),
    })
  })
})

/**
 * | proposal                        | pull request              | gates  | merged by rule |
 * | ------------------------------- | ------------------------- | ------ | -------------- |
 * | none                            | any                       | open   | no             |
 * | promotion, merge: rule          | ours                      | open   | yes            |
 * | promotion, merge: rule          | ours                      | closed | no             |
 * | promotion, merge: people        | ours                      | open   | no             |
 * | revert, merge: rule             | ours                      | open   | yes            |
 * | the same, frozen by hand        | ours                      | open   | no             |
 * | the same, frozen by its budget  | ours                      | open   | yes            |
 * | revert, merge: people           | ours                      | open   | no             |
 * | revert to something else        | ours, not approved        | wait   | no             |
 * | any, held                       | ours                      | open   | no             |
 * | any                             | ours, draft or not open   | open   | no             |
 * | any                             | of somebody, or of a fork | open   | no             |
 */
describe('decideReview: merging by rule', () => {
  const people = aConfiguration({
    environments: [anEnvironment({ promotion: { ...promotionRule, merge: 'people' } })],
  })
  const slo = { pull: ours, proposal: aRevert() }

  it.each<[string, boolean, ReviewFacts]>([
    ['no proposal', false, reviewFacts({ pull: ours })],
    ['a promotion', true, aPromotionReview()],
    ['a promotion that waits', false, aPromotionReview({ freezes: [aFreeze()] })],
    ['a promotion that people merge', false, aPromotionReview({ configuration: people })],
    ['a revert by an SLO', true, reviewFacts(slo)],
    [
      'a revert by an SLO, nobody approved',
      true,
      reviewFacts({ ...slo, approvals: { ...none, restored: { 'prod/prod-eu/checkout': 'd1' } } }),
    ],
    [
      'it would render to something else than ran then',
      false,
      reviewFacts({ ...slo, approvals: { ...none, restored: { 'prod/prod-eu/checkout': 'd2' } } }),
    ],
    [
      'a revert by an SLO that does not render',
      false,
      reviewFacts({ ...slo, head: aRendering([], [aProblem()]) }),
    ],
    [
      'a revert that people merge',
      false,
      reviewFacts({ pull: ours, proposal: aRevert({ merge: 'people' }) }),
    ],
    ['a revert that is held', false, reviewFacts({ ...slo, holds: [aHold()] })],
    [
      'a revert while another is held',
      true,
      reviewFacts({ ...slo, holds: [aHold({ application: 'cart' })] }),
    ],
    ['a revert in a freeze by hand', false, reviewFacts({ ...slo, freezes: [aFreeze()] })],
    [
      'a revert after a freeze by hand',
      true,
      reviewFacts({ ...slo, freezes: [aFreeze({ until: noon - 1 })] }),
    ],
    ['a revert in a freeze by an SLO', true, reviewFacts({ ...slo, freezes: [aFreeze({ slo: 'x' })] })],
    ['a promotion that is held', false, aPromotionReview({ holds: [aHold()] })],
    ['a promotion of what is there by now', false, aPromotionReview({ affected: [] })],
    ['a draft', false, reviewFacts({ ...slo, pull: { ...ours, isDraft: true } })],
    ['merged already', false, reviewFacts({ ...slo, pull: { ...ours, state: 'merged' } })],
    ['opened by somebody else', false, reviewFacts({ ...slo, pull: aPull() })],
    ['from a fork', false, reviewFacts({ ...slo, pull: { ...ours, isFork: true } })],
  ])('%s → %s', (_, expected, facts) => {
    expect(decide(facts).mergesByRule).toBe(expected)
  })

  it('gives our signed commit no exception when somebody else opens it again', () => {
    const replayed = reviewFacts({
      pull: aPull(),
      proposal: aRevert(),
      approvals: none,
      freezes: [aFreeze()],
    })
    expect(
      decide(replayed)
        .verdicts.filter(({ outcome }) => outcome === 'wait')
        .map(({ gate }) => gate),
    ).toEqual(['approvals', 'window'])
  })
})

/**
 * | what is ahead                        | looked at again     |
 * | ------------------------------------ | ------------------- |
 * | nothing                              | –                   |
 * | the window opens at 18:00            | 18:00               |
 * | it is 19:00, and closes at 20:00     | 20:00               |
 * | soaks until 12:30, freeze until 12:20 | 12:20              |
 */
describe('decideReview: the next look', () => {
  const windowed = aConfiguration({ environments: [anEnvironment({ windows: [evening] })] })

  it.each<[string, ReviewFacts, number, number | undefined]>([
    ['nothing is ahead', reviewFacts(), noon, undefined],
    ['the window opens', reviewFacts({ configuration: windowed }), noon, noon + 6 * hour],
    ['the window closes', reviewFacts({ configuration: windowed }), noon + 7 * hour, noon + 8 * hour],
    [
      'the freeze ends before the soak',
      aPromotionReview({
        sourceReleases: [inStaging(noon - hour / 2)],
        freezes: [aFreeze({ until: noon + hour / 3 })],
      }),
      noon,
      noon + hour / 3,
    ],
  ])('%s', (_, facts, now, next) => {
    expect(decide(facts, now).next).toBe(next)
  })
})

/**
 * | what the pull request changes                    | approvals |
 * | ------------------------------------------------ | --------- |
 * | nothing that renders, no rule                    | pass      |
 * | a rule, nobody who may approve in prod did       | wait      |
 * | a rule, an approver of prod did                  | pass      |
 */
describe('a change to the rules', () => {
  const nothing = aRendering([])
  const changedRules = [{ path: '.drawbridge.yaml', id: 'e'.repeat(40) }]

  it.each`
    case                 | changedRules    | reviews               | outcome
    ${'no rule'}         | ${[]}           | ${[]}                 | ${'pass'}
    ${'nobody did'}      | ${changedRules} | ${[]}                 | ${'wait'}
    ${'an approver did'} | ${changedRules} | ${[aReview('grace')]} | ${'pass'}
  `('$case → $outcome', ({ changedRules, reviews, outcome }) => {
    const { approvals } = reviewFacts()
    const facts = reviewFacts({
      base: nothing,
      head: nothing,
      affected: [],
      changedRules,
      approvals: { ...approvals, reviews },
    })
    const verdict = decideReview(facts, 'key', noon).verdicts.find(({ gate }) => gate === 'approvals')
    expect(verdict?.outcome).toBe(outcome)
  })
})
