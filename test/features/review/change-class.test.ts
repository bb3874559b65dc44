import { describe, expect, it } from 'vitest'
import type { Window } from '../../../src/domain/configuration.ts'
import type { Hotfix } from '../../../src/domain/release.ts'
import { changeClass } from '../../../src/features/review/change-class.ts'
import { decideReview } from '../../../src/features/review/decide-review.ts'
import type { ReviewFacts } from '../../../src/features/review/review-facts.ts'
import {
  aConfiguration,
  aFreeze,
  anActor,
  anEnvironment,
  aPromotion,
  aPull,
  aRenderedTarget,
  aRendering,
  aReview,
  noon,
  reviewFacts,
} from '../../builders.ts'

const hour = 3_600_000
const prod = { application: 'checkout', environment: 'prod', cluster: 'prod-eu' }
const staging = { ...prod, environment: 'staging' }
const night: Window = {
  kind: 'allow',
  name: 'night',
  zone: 'UTC',
  days: [0, 1, 2, 3, 4, 5, 6],
  from: '01:00',
  to: '02:00',
  exceptClasses: [],
}
const two = {
  fourEyes: true,
  need: { kind: 'people', from: ['@grace', '@ken'], count: 2, each: 1, when: {} },
} as const
const one = { ...two, need: { ...two.need, count: 1 } }
const byRule = (more: object = {}) =>
  aConfiguration({
    environments: [
      anEnvironment({ name: 'staging' }),
      anEnvironment({
        windows: [night],
        approvals: { ...two, need: { ...two.need, from: [...two.need.from] } },
        ...more,
      }),
    ],
  })
const withHotfix = byRule({
  hotfix: { approvals: { ...one, need: { ...one.need, from: [...one.need.from] } } },
})

function aHotfix(overrides: Partial<Hotfix> = {}): Hotfix {
  const { ref, headSha } = aPull()
  return {
    environment: 'prod',
    pull: ref.number,
    head: headSha,
    reason: 'checkout is down',
    by: anActor('radia'),
    at: noon - hour,
    until: noon + hour,
    ...overrides,
  }
}

function urgent(hotfix: Partial<Hotfix> = {}, facts: Partial<ReviewFacts> = {}): ReviewFacts {
  return reviewFacts({ configuration: withHotfix, hotfixes: [aHotfix(hotfix)], ...facts })
}

/*
 * | head, pull, environment | in force | environment knows hotfixes | the rules change | all environments | class   |
 * | as declared             | yes      | yes                        | no               | yes              | hotfix  |
 * | any of it otherwise                                                                                | change  |
 * | our own proposal: its own class                                                                              |
 */
describe('the class of a change', () => {
  it.each<[string, ReviewFacts, string]>([
    ['declared a hotfix', urgent(), 'hotfix'],
    ['nobody declared it', urgent({}, { hotfixes: [] }), 'change'],
    ['another head', urgent({ head: 'f'.repeat(40) }), 'change'],
    ['another pull request', urgent({ pull: 99 }), 'change'],
    ['another environment', urgent({ environment: 'staging' }), 'change'],
    ['over', urgent({ until: noon }), 'change'],
    ['to come', urgent({ at: noon + 1 }), 'change'],
    ['no such rule', urgent({}, { configuration: byRule() }), 'change'],
    ['the rules change', urgent({}, { changedRules: [{ path: 'CODEOWNERS', id: 'x' }] }), 'change'],
    ['our own promotion', urgent({}, { proposal: aPromotion() }), 'promotion'],
  ])('%s', (_, facts, expected) => {
    expect(changeClass(facts, [prod], noon).changeClass).toBe(expected)
  })

  it('is a hotfix only where every environment has one, and ends with the first', () => {
    expect(changeClass(urgent(), [prod, staging], noon)).toEqual({ changeClass: 'change' })
    const everywhere = aConfiguration({
      environments: [anEnvironment({ name: 'staging', hotfix: {} }), anEnvironment({ hotfix: {} })],
    })
    const hotfixes = [aHotfix(), aHotfix({ environment: 'staging', until: noon + 60_000 })]
    const facts = urgent({}, { configuration: everywhere, hotfixes })
    expect(changeClass(facts, [prod, staging], noon)).toEqual({
      changeClass: 'hotfix',
      classUntil: noon + 60_000,
    })
  })
})

/*
 * prod is closed by its window, frozen, and asks for two approvals; grace has approved.
 */
describe('a hotfix', () => {
  const verdicts = (facts: ReviewFacts, now = noon) =>
    Object.fromEntries(decideReview(facts, 'key', now).verdicts.map(({ gate, outcome }) => [gate, outcome]))
  const frozen = { freezes: [aFreeze()] }

  it('passes windows and freezes with its own approvals, and an ordinary change does not', () => {
    expect(verdicts(urgent({}, frozen))).toMatchObject({ window: 'pass', approvals: 'pass' })
    expect(verdicts(urgent({}, { ...frozen, hotfixes: [] }))).toMatchObject({
      window: 'wait',
      approvals: 'wait',
    })
  })

  it('says so, and when it ends', () => {
    const { verdicts: all, turnsAt, next } = decideReview(urgent({}, frozen), 'key', noon)
    expect(all.find(({ gate }) => gate === 'window')?.reason).toContain('a hotfix passes by rule')
    expect([turnsAt, next]).toEqual([noon + hour, noon + hour])
    expect(verdicts(urgent({}, frozen), noon + hour)).toMatchObject({ window: 'wait', approvals: 'wait' })
  })

  it('needs the approvals of every change where it has none of its own', () => {
    const configuration = byRule({ hotfix: {} })
    expect(verdicts(urgent({}, { configuration }))).toMatchObject({ window: 'pass', approvals: 'wait' })
  })

  it('passes no lock, and no freeze and no window of the organisation', () => {
    const lock = {
      environment: 'prod',
      application: '*',
      reason: 'a migration',
      by: anActor('ken'),
      at: noon - 1,
    }
    expect(verdicts(urgent({}, { locks: [lock] })).window).toBe('wait')
    expect(verdicts(urgent({}, { freezes: [aFreeze({ ofOrganisation: true })] })).window).toBe('wait')
    const ruled = byRule({ hotfix: {}, windows: [{ ...night, rule: 'shop/.github' }] })
    expect(verdicts(urgent({}, { configuration: ruled })).window).toBe('wait')
    const allowed = byRule({
      hotfix: {},
      windows: [{ ...night, rule: 'shop/.github', exceptClasses: ['hotfix'] }],
    })
    expect(verdicts(urgent({}, { configuration: allowed })).window).toBe('pass')
  })

  it('asks for approval at all', () => {
    const reviews = [aReview('grace', { state: 'commented' })]
    const facts = urgent({}, { approvals: { ...reviewFacts().approvals, reviews } })
    expect(verdicts(facts).approvals).toBe('wait')
  })

  it('says nothing about what renders nowhere', () => {
    const same = aRendering([aRenderedTarget({ digest: 'd0' })])
    expect(changeClass(urgent({}, { base: same, head: same }), [], noon).changeClass).toBe('change')
  })
})
