import { describe, expect, it } from 'vitest'
import type { Outcome, Verdict } from '../../../src/domain/verdict.ts'
import { describeRuleEffects, type RuleEffects } from '../../../src/features/review/rule-effects.ts'
import { writeReviewComment } from '../../../src/features/review/write-review-comment.ts'
import { aReview, write } from './review-builders.ts'

const verdict = (gate: Verdict['gate'], outcome: Outcome): Verdict => ({
  gate,
  outcome,
  reason: `${gate} says so`,
  details: [],
})

/**
 * now   | later | said
 * same  | same  | nothing
 * other | pass  | would become mergeable
 * other | wait  | for whom, or for what
 * other | block | by what
 */
describe('describeRuleEffects', () => {
  it.each`
    case                         | now        | gate           | later      | missing           | sentence
    ${'nothing changes'}         | ${'wait'}  | ${'window'}    | ${'wait'}  | ${[]}             | ${[]}
    ${'it opens'}                | ${'wait'}  | ${'window'}    | ${'pass'}  | ${[]}             | ${['#12 would become mergeable']}
    ${'it was blocked'}          | ${'block'} | ${'policy'}    | ${'pass'}  | ${[]}             | ${['#12 would become mergeable']}
    ${'somebody is asked'}       | ${'pass'}  | ${'approvals'} | ${'wait'}  | ${['@x']}         | ${['#12 would wait for @x']}
    ${'several are asked'}       | ${'pass'}  | ${'approvals'} | ${'wait'}  | ${['@x', '@y/z']} | ${['#12 would wait for @x and @y/z']}
    ${'a window closes'}         | ${'pass'}  | ${'window'}    | ${'wait'}  | ${[]}             | ${['#12 would wait: window says so']}
    ${'a policy is broken'}      | ${'pass'}  | ${'policy'}    | ${'block'} | ${[]}             | ${['#12 would be blocked: policy says so']}
    ${'waiting becomes blocked'} | ${'wait'}  | ${'policy'}    | ${'block'} | ${[]}             | ${['#12 would be blocked: policy says so']}
  `(
    '$case',
    ({
      now,
      gate,
      later,
      missing,
      sentence,
    }: {
      now: Outcome
      gate: Verdict['gate']
      later: Outcome
      missing: string[]
      sentence: string[]
    }) => {
      const judged = { pull: 12, now: [verdict(gate, now)], later: [verdict(gate, later)], missing }
      expect(describeRuleEffects([judged])).toEqual(sentence)
    },
  )
})

describe('the comment on a change of the rules', () => {
  const sectionOf = (effects?: Partial<RuleEffects>) => {
    const all = { head: '', at: 0, sentences: [], looked: 0, all: 0, ...effects }
    const afterMerge = { rules: ['.drawbridge.yaml', 'CODEOWNERS'], ...(effects && { effects: all }) }
    const body = writeReviewComment(write, aReview({ afterMerge }))
    return body.slice(body.indexOf('#### Takes effect'), body.indexOf('#### Gates')).trimEnd()
  }

  it('names the pull requests whose verdict would change, and how many were not asked about', () => {
    const sentences = ['#12 would become mergeable', '#15 would wait for @x']
    expect(sectionOf({ sentences, looked: 50, all: 64 })).toMatchInlineSnapshot(`
      "#### Takes effect after the merge
      This pull request changes the rules: \`.drawbridge.yaml\`, \`CODEOWNERS\`. It is judged by those of its base.

      - #&#8203;12 would become mergeable
      - #&#8203;15 would wait for @&#8203;x

      <sub>14 open pull requests were not compared: at most 50 are, the newest, and none that conflicts or was not judged yet.</sub>"
    `)
  })

  it('says so when nothing would change', () => {
    expect(sectionOf({ looked: 3, all: 3 })).toMatchInlineSnapshot(`
      "#### Takes effect after the merge
      This pull request changes the rules: \`.drawbridge.yaml\`, \`CODEOWNERS\`. It is judged by those of its base.
      The verdict of no other open pull request would change."
    `)
  })

  it('names the rules before anything was compared', () => {
    expect(sectionOf()).toMatchInlineSnapshot(`
      "#### Takes effect after the merge
      This pull request changes the rules: \`.drawbridge.yaml\`, \`CODEOWNERS\`. It is judged by those of its base."
    `)
  })

  it('says nothing where no rule changes', () => {
    expect(writeReviewComment(write, aReview({ afterMerge: { rules: [] } }))).not.toContain('Takes effect')
  })
})
