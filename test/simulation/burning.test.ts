import { expect, it } from 'vitest'
import { targetKey } from '../../src/domain/refs.ts'
import { anAccount } from './fake-github.ts'
import { manifest } from './shop-files.ts'
import { attestedIn, minute, openShop, ownPulls } from './open-shop.ts'

interface Burning {
  onBreach: string
  /** What ran before was seen healthy. */
  wasHealthy?: boolean
  /** By default one that answers one request in five with an error. */
  version?: string
  /** What fails whatever runs, from so long after the release on. */
  outage?: { of: string[]; afterMs: number }
}

const slo = (application: string, onBreach: string) => `  - name: ${application}-answers
    application: ${application}
    environment: prod
    objective: 99.9
    onBreach: ${onBreach}
    bad: http_requests_total{app="${application}",code=~"5.."}
    total: http_requests_total{app="${application}"}`

/** Production gets another version of checkout, and nothing else of search. */
async function aBurningRelease({ onBreach, wasHealthy = true, version = '1.3.0', outage }: Burning) {
  const { world, begin, push, release, pass } = openShop({
    graph: `  dev: { clusters: [dev], protected: false }
  prod: { clusters: [prod], promotion: { from: dev, automatic: true, merge: people } }
slos:
${slo('checkout', onBreach)}
${slo('search', 'report')}`,
    more: { 'apps/search/prod/deployment.yaml': manifest('search', '1.0.0') },
    versions: { dev: '1.0.0', prod: '1.0.0' },
    isBlind: false,
  })
  const { github, store } = world
  await begin()
  // Everything that runs is adopted, long before the release.
  push({ 'README.md': 'The shop.\n' })
  await pass(70 * minute)
  release(version)
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
  if (outage) world.traffic.breakDown(outage.of, world.now() + outage.afterMs)
  github.merge(anAccount('ada'), promotion)
  await pass(10 * minute)
  const comments = github.pulls.get(promotion)?.comments ?? []
  const told = comments.flatMap(({ body }) => /<!-- drawbridge:(.*)-[0-9a-f]{12} -->/.exec(body)?.[1] ?? [])
  const revert = ownPulls(world).find(({ title }) => title.startsWith('Revert'))
  return {
    told,
    revert: revert && { state: revert.state, isDraft: revert.isDraft },
    runs: attestedIn(world, 'prod'),
    said: comments.at(-1)?.body ?? '',
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
  ['report', true, undefined, '1.3.0', 'slo-checkout-answers'],
  ['propose', true, { state: 'open', isDraft: false }, '1.3.0', 'taken-back-prod'],
  ['revert', true, { state: 'merged', isDraft: false }, '1.0.0', 'taken-back-prod'],
  ['revert', false, { state: 'open', isDraft: true }, '1.3.0', 'taken-back-prod'],
])(
  'a release that burns an SLO that asks for a %s (seen healthy before: %s)',
  async (asked, was, revert, prod, told) => {
    expect(await aBurningRelease({ onBreach: asked, wasHealthy: was })).toMatchObject({
      told: [told],
      revert,
      runs: { prod },
    })
  },
)

/**
 * F68: nothing is taken back for what it did not do, and people are told.
 *
 * | what fails, whatever version answers | from when                     | then                               |
 * | ------------------------------------ | ----------------------------- | ---------------------------------- |
 * | the application and another one      | a minute after the release    | it is told on the pull request     |
 * | the application alone                | two minutes before the release | it is told on the pull request     |
 */
it.each<[string, Burning['outage'], RegExp]>([
  [
    'services burn that were not released',
    { of: ['checkout', 'search'], afterMs: minute },
    /not released fail too: search/,
  ],
  ['it burned before', { of: ['checkout'], afterMs: -2 * minute }, /began .* before the release/],
])('a release is not taken back where %s, and that is told', async (_, outage, why) => {
  const { said, ...found } = await aBurningRelease({ onBreach: 'revert', version: '1.2.0', outage })
  expect(found).toEqual({ told: ['slo-checkout-answers'], revert: undefined, runs: { prod: '1.2.0' } })
  expect(said).toMatch(why)
})
