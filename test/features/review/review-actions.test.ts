import { describe, expect, it } from 'vitest'
import type { Action } from '../../../src/domain/action.ts'
import { parseCodeowners } from '../../../src/features/approvals/codeowners.ts'
import { decideReview } from '../../../src/features/review/decide-review.ts'
import { type Published, reviewActions } from '../../../src/features/review/review-actions.ts'
import type { ReviewFacts } from '../../../src/features/review/review-facts.ts'
import { aFinding, aFreeze, aPull, anActor, noon, reviewFacts } from '../../builders.ts'
import { write } from './review-builders.ts'

const nothing: Published = { checks: [], requested: { users: [], teams: [] } }
const dashboard = 'https://drawbridge.example/pulls/shop/config/12'

function actionsOf(facts: ReviewFacts, published = nothing, now = noon): Action[] {
  return reviewActions(facts, decideReview(facts, 'key', now), published, write, dashboard)
}

/** What GitHub shows after the actions were performed. */
function afterwards(actions: Action[]): Published {
  const published: Published = { checks: [], requested: { users: [], teams: [] } }
  for (const action of actions) {
    if (action.kind === 'publish-check')
      published.checks.push({ id: action.check.name, startedAt: noon, ...action.check })
    if (action.kind === 'upsert-comment') published.comment = { id: '1', body: action.body }
    if (action.kind === 'request-reviewers') published.requested = action
  }
  return published
}

function kindsOf(actions: Action[]): string[] {
  return actions.map((action) => (action.kind === 'publish-check' ? action.check.name : action.kind))
}

/** The aggregate is last: once it is there, people merge. */
const checks = [
  'drawbridge/configuration',
  'drawbridge/render',
  'drawbridge/policy',
  'drawbridge/approvals',
  'drawbridge/window',
  'drawbridge/promotion',
  'drawbridge',
]

/** Owned by `@Grace`, `@ada` and `@shop/Payments`; nobody has approved. */
function waiting(overrides: Partial<ReviewFacts> = {}): ReviewFacts {
  const { approvals } = reviewFacts()
  return reviewFacts({
    approvals: {
      ...approvals,
      reviews: [],
      codeowners: parseCodeowners('* @Grace @ada @shop/Payments', 'CODEOWNERS').codeowners,
      teams: new Map([['@shop/Payments', [anActor('linus')]]]),
    },
    ...overrides,
  })
}

/**
 * | published                 | written                                                    |
 * | ------------------------- | ---------------------------------------------------------- |
 * | nothing                   | the aggregate's and every gate's check, then the comment   |
 * | all of it                 | nothing                                                    |
 * | all of it, of another head | all checks again; the comment, which names the head       |
 * | another window            | the aggregate's and the window's check, the comment        |
 */
describe('reviewActions: only the difference', () => {
  it('publishes checks first, then the comment', () => {
    expect(kindsOf(actionsOf(reviewFacts()))).toEqual([...checks, 'upsert-comment'])
  })

  it('writes nothing when all is published', () => {
    const facts = waiting()
    expect(actionsOf(facts, afterwards(actionsOf(facts)))).toEqual([])
  })

  it('publishes on a new head', () => {
    const published = afterwards(actionsOf(reviewFacts()))
    const moved = reviewFacts({ pull: aPull({ headSha: 'e'.repeat(40) }) })
    expect(kindsOf(actionsOf(moved, published)).slice(0, checks.length).toSorted()).toEqual(checks.toSorted())
  })

  it('writes only the checks whose verdict changed, what keeps people from merging first', () => {
    const published = afterwards(actionsOf(reviewFacts()))
    expect(kindsOf(actionsOf(reviewFacts({ freezes: [aFreeze()] }), published))).toEqual([
      'drawbridge',
      'drawbridge/window',
      'upsert-comment',
    ])
    const frozen = afterwards(actionsOf(reviewFacts({ freezes: [aFreeze()] })))
    expect(kindsOf(actionsOf(reviewFacts(), frozen))).toEqual([
      'drawbridge/window',
      'drawbridge',
      'upsert-comment',
    ])
  })

  it('says in the check that the conversation is locked, and writes no comment there', () => {
    const locked = actionsOf(reviewFacts({ pull: aPull({ isLocked: true }) }))
    expect(kindsOf(locked).toSorted()).toEqual(checks.toSorted())
    const summaries = locked.flatMap((action) => (action.kind === 'publish-check' ? [action.check] : []))
    const saying = summaries.filter(({ summary }) => summary.includes('conversation is locked'))
    expect(saying.map(({ name }) => name)).toEqual(['drawbridge'])
  })

  it('repairs a comment that somebody edited', () => {
    const published = afterwards(actionsOf(reviewFacts()))
    const edited = { ...published, comment: { id: '1', body: `${published.comment?.body} approved!` } }
    expect(kindsOf(actionsOf(reviewFacts(), edited))).toEqual(['upsert-comment'])
  })
})

/**
 * | outcome | conclusion      |
 * | ------- | --------------- |
 * | pass    | success         |
 * | wait    | action_required |
 * | block   | failure         |
 */
describe('reviewActions: conclusions', () => {
  it.each<[string, string, Partial<ReviewFacts>]>([
    ['pass', 'success', {}],
    ['wait', 'action_required', { freezes: [aFreeze()] }],
    ['block', 'failure', { findings: [aFinding()] }],
  ])('%s → %s', (_, conclusion, overrides) => {
    const aggregate = actionsOf(reviewFacts(overrides)).find(
      (action) => action.kind === 'publish-check' && action.check.name === 'drawbridge',
    )
    expect(aggregate).toMatchObject({ check: { name: 'drawbridge', conclusion, detailsUrl: dashboard } })
  })

  it('annotates findings on the check of the policies alone', () => {
    const annotated = actionsOf(reviewFacts({ findings: [aFinding()] })).filter(
      (action) => action.kind === 'publish-check' && action.check.annotations.length > 0,
    )
    expect(kindsOf(annotated)).toEqual(['drawbridge/policy'])
  })
})

/**
 * | who is missing                      | asked |
 * | ----------------------------------- | ----- |
 * | an owner, a team                    | yes   |
 * | the author                          | no    |
 * | whoever was asked already           | no    |
 * | anybody, on a draft                 | no    |
 */
describe('reviewActions: reviewers', () => {
  const asked = (facts: ReviewFacts, requested = nothing.requested) =>
    actionsOf(facts, { ...nothing, requested }).find((action) => action.kind === 'request-reviewers')

  it('asks who is missing, without the author', () => {
    expect(asked(waiting())).toMatchObject({ users: ['Grace'], teams: ['Payments'], sha: 'a'.repeat(40) })
  })

  it('does not ask again, however the names are written', () => {
    expect(asked(waiting(), { users: ['grace'], teams: [] })).toMatchObject({
      users: [],
      teams: ['Payments'],
    })
    expect(asked(waiting(), { users: ['grace'], teams: ['payments'] })).toBeUndefined()
  })

  it('asks nobody for a draft', () => {
    expect(asked(waiting({ pull: aPull({ isDraft: true }) }))).toBeUndefined()
  })
})
