import { expect, it } from 'vitest'
import { targetKey } from '../../src/domain/refs.ts'
import { anAccount } from './fake-github.ts'
import { attestedIn, minute, openShop, ownPulls } from './open-shop.ts'

/** Production gets 1.3.0, which answers one request in five with an error; an SLO that does `onBreach` about it. */
async function aBadRelease(onBreach: string, wasHealthy: boolean) {
  const { world, begin, release, pass } = openShop({
    graph: `  dev: { clusters: [dev], protected: false }
  prod: { clusters: [prod], promotion: { from: dev, automatic: true, merge: people } }
slos:
  - name: answers
    application: checkout
    environment: prod
    objective: 99.9
    onBreach: ${onBreach}
    bad: http_requests_total{app="checkout",code=~"5.."}
    total: http_requests_total{app="checkout"}`,
    versions: { dev: '1.0.0', prod: '1.0.0' },
    isBlind: false,
  })
  const { github, store } = world
  await begin()
  await pass(70 * minute)
  release('1.3.0')
  await pass(2 * minute)
  for (const { release: one } of wasHealthy ? await store.releases.list() : []) {
    const { target, digest } = one
    const seen = {
      what: 'healthy',
      subject: targetKey(target),
      actor: 'drawbridge',
      reason: '',
      data: { digest },
    }
    await store.audit.append(seen, world.now())
  }
  const promotion = ownPulls(world)[0]?.ref.number ?? 0
  github.merge(anAccount('ada'), promotion)
  await pass(10 * minute)
  const comments = github.pulls.get(promotion)?.comments ?? []
  const told = comments.flatMap(({ body }) => /<!-- drawbridge:(.*)-[0-9a-f]{12} -->/.exec(body)?.[1] ?? [])
  const revert = ownPulls(world).find(({ title }) => title.startsWith('Revert'))
  return {
    told,
    revert: revert && { state: revert.state, isDraft: revert.isDraft },
    runs: attestedIn(world, 'prod'),
  }
}

/**
 * | the SLO asks for | what ran before was seen healthy | then                                        |
 * | ---------------- | -------------------------------- | ------------------------------------------- |
 * | a report         | yes                              | it is told on the pull request, once        |
 * | a proposal       | yes                              | a revert that people merge                  |
 * | a revert         | yes                              | a revert that is merged by rule             |
 * | a revert         | nobody knows                     | a draft: a person decides whether to go back |
 */
it.each<[string, boolean, object | undefined, string, string]>([
  ['report', true, undefined, '1.3.0', 'slo-answers'],
  ['propose', true, { state: 'open', isDraft: false }, '1.3.0', 'taken-back-prod'],
  ['revert', true, { state: 'merged', isDraft: false }, '1.0.0', 'taken-back-prod'],
  ['revert', false, { state: 'open', isDraft: true }, '1.3.0', 'taken-back-prod'],
])(
  'a release that burns an SLO that asks for a %s (seen healthy before: %s)',
  async (asked, was, revert, prod, told) => {
    expect(await aBadRelease(asked, was)).toEqual({ told: [told], revert, runs: { prod } })
  },
)
