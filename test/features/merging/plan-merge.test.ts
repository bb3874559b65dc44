import { describe, expect, it } from 'vitest'
import type { MergeRules } from '../../../src/domain/merge.ts'
import { type LastTry, planMerge, preferMethod } from '../../../src/features/merging/plan-merge.ts'

const now = Date.parse('2026-11-23T09:00:00Z')
const all: MergeRules = { methods: ['squash', 'merge', 'rebase'], hasQueue: false, isQueued: false }
const queue = { ...all, hasQueue: true }
const seconds = (count: number) => now + count * 1000

const notYet = (tries: number, code = 'BASE_MOVED', at = now) =>
  ({ kind: 'not-yet', code, reason: 'r', tries, at }) as LastTry
const refused = (code: string, tries = 1, at = now) =>
  ({ kind: 'refused', code, reason: 'r', tries, at }) as LastTry
const queued = (at: number): LastTry => ({ kind: 'queued', tries: 1, at })

// before                     | what is done                                    | said to people
// nothing                    | the first method allowed, or the queue          | –
// a refusal that passes      | again after 15 s, 30 s, 1 min … 5 min           | after six tries; checks after twenty
// a refusal                  | again after an hour                             | at once
// a method is not allowed    | the next one at once, then after an hour        | at once
// only by the queue          | the queue at once                               | –
// in the queue               | nothing                                         | –
// thrown out of the queue    | again after an hour                             | after a minute
describe('preferMethod', () => {
  it.each`
    method       | allowed                | methods
    ${undefined} | ${['squash', 'merge']} | ${['squash', 'merge']}
    ${'merge'}   | ${['squash', 'merge']} | ${['merge', 'squash']}
    ${'rebase'}  | ${['squash', 'merge']} | ${['squash', 'merge']}
  `('$method of $allowed → $methods', ({ method, allowed, methods }) => {
    const rules = { methods: allowed, hasQueue: false, isQueued: false }
    expect(preferMethod(rules, method).methods).toEqual(methods)
  })
})

describe('planMerge', () => {
  it.each`
    case                            | last                                                | rules                              | plan
    ${'the first time'}             | ${undefined}                                        | ${all}                             | ${{ kind: 'try', method: 'squash' }}
    ${'no squash here'}             | ${undefined}                                        | ${{ ...all, methods: ['rebase'] }} | ${{ kind: 'try', method: 'rebase' }}
    ${'no method known'}            | ${undefined}                                        | ${{ ...all, methods: [] }}         | ${{ kind: 'try', method: 'squash' }}
    ${'and that one refused'}       | ${refused('METHOD_NOT_ALLOWED', 1, seconds(-3600))} | ${{ ...all, methods: [] }}         | ${{ kind: 'try', method: 'squash' }}
    ${'a queue'}                    | ${undefined}                                        | ${queue}                           | ${{ kind: 'try', method: 'queue' }}
    ${'in the queue'}               | ${queued(seconds(-600))}                            | ${{ ...queue, isQueued: true }}    | ${{ kind: 'wait', until: seconds(60) }}
    ${'put there by a person'}      | ${undefined}                                        | ${{ ...queue, isQueued: true }}    | ${{ kind: 'wait', until: seconds(60) }}
    ${'just put into the queue'}    | ${queued(seconds(-59))}                             | ${queue}                           | ${{ kind: 'wait', until: seconds(1) }}
    ${'thrown out of the queue'}    | ${queued(seconds(-60))}                             | ${queue}                           | ${{ kind: 'wait', until: seconds(3540), trouble: { code: 'LEFT_QUEUE' } }}
    ${'back into it after an hour'} | ${queued(seconds(-3600))}                           | ${queue}                           | ${{ kind: 'try', method: 'queue' }}
    ${'passes, first'}              | ${notYet(1)}                                        | ${all}                             | ${{ kind: 'wait', until: seconds(15) }}
    ${'passes, second'}             | ${notYet(2)}                                        | ${all}                             | ${{ kind: 'wait', until: seconds(30) }}
    ${'passes, fifth'}              | ${notYet(5)}                                        | ${all}                             | ${{ kind: 'wait', until: seconds(240) }}
    ${'its pause is over'}          | ${notYet(1, 'BASE_MOVED', seconds(-15))}            | ${all}                             | ${{ kind: 'try', method: 'squash' }}
    ${'does not pass'}              | ${notYet(6)}                                        | ${all}                             | ${{ kind: 'wait', until: seconds(3600), trouble: { code: 'BASE_MOVED', reason: 'r (tried 6 times)' } }}
    ${'checks may take long'}       | ${notYet(19, 'CHECKS_PENDING')}                     | ${all}                             | ${{ kind: 'wait', until: seconds(300) }}
    ${'checks that never come'}     | ${notYet(20, 'CHECKS_PENDING')}                     | ${all}                             | ${{ kind: 'wait', until: seconds(3600), trouble: { code: 'CHECKS_PENDING' } }}
    ${'refused'}                    | ${refused('REVIEWS_MISSING')}                       | ${all}                             | ${{ kind: 'wait', until: seconds(3600), trouble: { code: 'REVIEWS_MISSING' } }}
    ${'refused an hour ago'}        | ${refused('REVIEWS_MISSING', 1, seconds(-3600))}    | ${all}                             | ${{ kind: 'try', method: 'squash' }}
    ${'squash refused after all'}   | ${refused('METHOD_NOT_ALLOWED')}                    | ${all}                             | ${{ kind: 'try', method: 'merge' }}
    ${'merge refused as well'}      | ${refused('METHOD_NOT_ALLOWED', 2)}                 | ${all}                             | ${{ kind: 'try', method: 'rebase' }}
    ${'every method refused'}       | ${refused('METHOD_NOT_ALLOWED', 3)}                 | ${all}                             | ${{ kind: 'wait', until: seconds(3600), trouble: { code: 'METHOD_NOT_ALLOWED' } }}
    ${'the only method refused'}    | ${refused('METHOD_NOT_ALLOWED')}                    | ${{ ...all, methods: ['squash'] }} | ${{ kind: 'wait', until: seconds(3600), trouble: { code: 'METHOD_NOT_ALLOWED' } }}
    ${'a queue after all'}          | ${refused('QUEUE_REQUIRED')}                        | ${all}                             | ${{ kind: 'try', method: 'queue' }}
    ${'a queue that does not help'} | ${refused('QUEUE_REQUIRED', 2)}                     | ${all}                             | ${{ kind: 'wait', until: seconds(3600), trouble: { code: 'QUEUE_REQUIRED' } }}
    ${'merged, but reads as open'}  | ${{ kind: 'merged', sha: 'm', tries: 1, at: now }}  | ${all}                             | ${{ kind: 'wait', until: seconds(15) }}
  `('$case', ({ last, rules, plan }) => {
    const made = planMerge(last, rules, now)
    expect(made).toMatchObject(plan)
    expect('trouble' in made).toBe('trouble' in plan)
  })

  it('says with every trouble what a person can do', () => {
    const codes = ['CONFLICTS', 'CLOSED', 'DRAFT', 'METHOD_NOT_ALLOWED', 'QUEUE_REQUIRED', 'CHECKS_FAILED']
    const more = ['REVIEWS_MISSING', 'BEHIND_BASE', 'RULE_VIOLATED', 'NOT_PERMITTED', 'REFUSED']
    const lasts = [...[...codes, ...more].map((code) => refused(code, 3)), notYet(6), queued(seconds(-60))]
    const said = lasts.map((last) => {
      const plan = planMerge(last, all, now)
      return plan.kind === 'wait' ? plan.trouble : plan
    })
    expect(said).toMatchInlineSnapshot(`
      [
        {
          "code": "CONFLICTS",
          "fix": "solve the conflicts, or close it and propose it again",
          "reason": "r",
        },
        {
          "code": "CLOSED",
          "fix": "open it again, or propose it again",
          "reason": "r",
        },
        {
          "code": "DRAFT",
          "fix": "mark it as ready for review",
          "reason": "r",
        },
        {
          "code": "METHOD_NOT_ALLOWED",
          "fix": "allow squash, merge or rebase on the repository, or merge it by hand",
          "reason": "r",
        },
        {
          "code": "QUEUE_REQUIRED",
          "fix": "add it to the merge queue by hand",
          "reason": "r",
        },
        {
          "code": "CHECKS_FAILED",
          "fix": "mend the check, or run it again",
          "reason": "r",
        },
        {
          "code": "REVIEWS_MISSING",
          "fix": "GitHub itself asks for a review here, beside the gates of Drawbridge: give it",
          "reason": "r",
        },
        {
          "code": "BEHIND_BASE",
          "fix": "update the branch from its base, or do not require that for this branch",
          "reason": "r",
        },
        {
          "code": "RULE_VIOLATED",
          "fix": "look at the rules of the base branch; let this app bypass what it cannot fulfil, or merge it by hand",
          "reason": "r",
        },
        {
          "code": "NOT_PERMITTED",
          "fix": "let this app write to the base branch, or merge it by hand",
          "reason": "r",
        },
        {
          "code": "REFUSED",
          "fix": "merge it by hand: GitHub then says more",
          "reason": "r",
        },
        {
          "code": "BASE_MOVED",
          "fix": "look whether something else holds it up, or merge it by hand",
          "reason": "r (tried 6 times)",
        },
        {
          "code": "LEFT_QUEUE",
          "fix": "see why in the timeline of the queue; it is put into it again within the hour",
          "reason": "the merge queue has thrown it out",
        },
      ]
    `)
  })
})
