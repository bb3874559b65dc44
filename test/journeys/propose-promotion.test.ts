import { describe, expect, it } from 'vitest'
import { commentLimit, sizeOf } from '../../src/features/review/comment-size.ts'
import type { DivergenceView } from '../../src/features/review/review-view.ts'
import { proposePromotion } from '../../src/journeys/promotion/propose-promotion.ts'
import type { Tip } from '../../src/journeys/repository/read-configuration.ts'
import type { PromotionPart } from '../../src/journeys/promotion/settle-promotion.ts'
import { aConfiguration, anAttestation, shop as repository } from '../builders.ts'
import { write } from '../features/review/review-builders.ts'

const tip = { branch: 'main', sha: 'a'.repeat(40), configuration: aConfiguration() } as Tip

/** A promotion of so many things, each with the same text wherever one of a repository can stand. */
function bodyOf(count: number, text: string): string {
  const list = <T>(item: T) => Array.from({ length: count }, () => item)
  const person = { id: '1', login: 'ada', isBot: false }
  const pull = { number: 7, title: text, author: person, approvedBy: [] }
  const source = anAttestation({ pull })
  const cut = text.slice(0, 120)
  const by = { environment: cut, at: 0, commit: 'c', author: cut, pull: 7, pullTitle: cut, files: [cut] }
  const differs: DivergenceView = {
    before: 'staging',
    after: 'prod',
    rows: list({ object: cut, field: cut, before: cut, after: cut, by: [by, by] }).slice(0, 15),
    more: 0,
  }
  const part: PromotionPart = {
    application: 'checkout',
    from: ['staging'],
    source,
    moves: list({ kind: 'field' as const, name: text, before: text, after: text }),
    files: Object.fromEntries(list(text).map((path, index) => [`${index}/${path}`, null])),
    carries: [],
    isStepBack: false,
    log: list(source),
    divergence: { differs, overwrites: differs },
  }
  return proposePromotion({ words: { write } }, { repository, tip, to: 'prod', parts: [part] }).proposal.body
}

describe('the body of a promotion', () => {
  it('shows fifty of each, and says how many more there are', () => {
    const body = bodyOf(60, 'x')
    expect(body.match(/^\| `x` \| `x` \| `x` \|$/gm)).toHaveLength(50)
    expect(body).toContain('… and 10 more.')
  })

  it.each([['a'], ['|`'], ['<&'], ['@ada #1 '], ['\u202e'], ['😀']])(
    'fits, however long it is: %j',
    (text) => {
      expect(sizeOf(bodyOf(60, text.repeat(30)))).toBeLessThanOrEqual(commentLimit)
      expect(sizeOf(bodyOf(3, text.repeat(1_000)))).toBeLessThanOrEqual(commentLimit)
    },
  )
})
