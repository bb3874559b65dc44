import { beforeAll, describe, expect, it } from 'vitest'
import { aCrashWorld, type CrashWorld } from './crash-world.ts'
import { endState } from './end-state.ts'
import type { Point } from './kill-at.ts'

/** A change is proposed, merged and applied, its successor promoted, merged by rule and applied; then all is told and still. */
async function story(point?: Point) {
  const world = await aCrashWorld(point)
  try {
    await tell(world)
    await world.stopProduct()
    return { isReached: world.wasKilled(), state: await endState(world) }
  } finally {
    await world.close()
  }
}

async function tell(world: CrashWorld): Promise<void> {
  const { shop, eventually } = world
  const { github, repository } = shop
  const runs = (name: 'dev' | 'staging', version: string) =>
    (shop.clusters.get(name)?.workloads() ?? []).some((workload) => workload.version === version)
  await eventually('the baseline', () => runs('dev', '1.8.0') && runs('staging', '1.8.0'))
  const ada = github.as('ada')
  const path = 'apps/checkout/overlays/dev/kustomization.yaml'
  await ada.push(repository, 'checkout', { [path]: overlay }, 'checkout 1.9.0')
  const pull = await ada.openPull({ repository, head: 'checkout', title: 'Checkout 1.9.0' })
  await eventually('a green gate', () =>
    github
      .checks(repository, pull.headSha)
      .some(({ name, conclusion }) => name === 'drawbridge' && conclusion === 'success'),
  )
  await ada.merge(pull)
  await eventually('1.9.0 in dev', () => runs('dev', '1.9.0'))
  await eventually('1.9.0 in staging', () => runs('staging', '1.9.0'))
  const isTold = () =>
    [...repository.pulls.values()].every(({ comments }) =>
      comments.some(({ body }) => body.includes('Rolled out and healthy')),
    )
  await eventually('both boards', () => isTold() && repository.pulls.size === 2)
  await eventually(
    'the old settings are pruned',
    () => shop.clusters.get('dev')?.list('ConfigMap', 'shop').length === 1,
  )
}

/** A new tag, and a setting more: the ConfigMap gets another name, and the old one is pruned. */
const overlay = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop
resources:
  - ../../base
images:
  - name: registry.shop.example/checkout
    newTag: "1.9.0"
replicas:
  - name: checkout
    count: 1
configMapGenerator:
  - name: checkout-settings
    behavior: merge
    literals:
      - LOG_LEVEL=debug
`

const points: Point[] = [
  { when: 'before', call: 'comment', nth: 1 },
  { when: 'after', call: 'comment', nth: 1 },
  { when: 'before', call: 'check', nth: 3 },
  { when: 'after', call: 'check', nth: 7 },
  { when: 'after', call: 'push-branch', nth: 3 },
  { when: 'before', call: 'open-pull', nth: 1 },
  { when: 'after', call: 'open-pull', nth: 1 },
  { when: 'before', call: 'merge', nth: 1 },
  { when: 'after', call: 'merge', nth: 1 },
  { when: 'after', call: 'ledger-commit', nth: 1 },
  { when: 'before', call: 'ledger-commit', nth: 3 },
  { when: 'after', call: 'ledger-commit', nth: 3 },
  { when: 'after', call: 'apply', nth: 20 },
  { when: 'before', call: 'delete', nth: 1 },
  { when: 'after', call: 'delete', nth: 1 },
  { when: 'after', call: 'intend', nth: 4 },
  { when: 'before', call: 'settle', nth: 5 },
  { when: 'after', call: 'claim-delivery', nth: 1 },
  { when: 'before', call: 'finish-delivery', nth: 2 },
  { when: 'after', call: 'claim-work', nth: 6 },
  { when: 'before', call: 'complete-work', nth: 8 },
]

describe('stopped with SIGKILL and started again', { timeout: 120_000 }, () => {
  let undisturbed: Awaited<ReturnType<typeof story>>
  beforeAll(async () => {
    undisturbed = await story()
  })

  it('(undisturbed, nothing is done twice)', () => {
    const { state } = undisturbed
    expect(state.brokenAuditRow).toBeUndefined()
    expect(state.deadLetters).toBe(0)
    expect(state.pulls).toHaveLength(2)
    for (const { comments, checks } of state.pulls) {
      expect(comments).toHaveLength(1)
      expect(new Set(checks).size).toBe(checks.length)
    }
  })

  // Two at a time: what a run waits for is mostly time.
  describe.concurrent('ends in the same state', () => {
    it.each(points)('$when $call $nth', async (point) => {
      const { isReached, state } = await story(point)
      expect(isReached, 'the point was reached').toBe(true)
      expect(state).toEqual(undisturbed.state)
    })
  })
})
