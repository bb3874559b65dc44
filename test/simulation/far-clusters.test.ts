import { expect, it } from 'vitest'
import { anAccount } from './fake-github.ts'
import { attestedIn, minute, openShop, ownPulls } from './open-shop.ts'
import { manifest } from './shop-files.ts'
import { repository } from './simulated-world.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMLLa7VuiFdVcs5inX+jUX9hI6dYLvFdO73PtX7MUhZb'

it('F63: a cluster that falls silent is told within a quarter of an hour, and nothing is promoted past it', async () => {
  const { world, begin, push, release, pass } = openShop({
    graph: `  dev: { clusters: [dev], protected: false }
  staging: { clusters: [near, far], promotion: { from: dev, automatic: true, merge: people } }
  prod: { clusters: [prod], promotion: { from: staging, automatic: true, merge: people } }
clusters:
  far: { environment: staging, agent: ["${key}"] }
  near: { environment: staging }
  dev: { environment: dev }
  prod: { environment: prod }`,
    versions: { dev: '1.0.0', staging: '1.0.0', prod: '1.0.0' },
  })
  const { store, github } = world
  // Its own agent would do it.
  const enqueue = store.queue.enqueue.bind(store.queue)
  store.queue.enqueue = async (work, due) => {
    if (work.kind !== 'reconcile-target' || work.target.cluster !== 'far') await enqueue(work, due)
  }
  await begin()
  push({ 'README.md': 'The shop.\n' })
  await pass(minute)
  release('1.1.0')
  await pass(2 * minute)
  const place = { environment: 'staging', cluster: 'far' }
  const heardAt = world.now()
  await store.agents.put(repository, { place, epoch: 1, sequence: 1, identity: 'uid', heardAt })
  const promotion = ownPulls(world)[0]?.ref.number ?? 0
  github.merge(anAccount('ada'), promotion)
  await pass(15 * minute)

  expect(attestedIn(world, 'staging')).toEqual({ near: '1.1.0', far: '1.1.0' })
  const comments = github.pulls.get(promotion)?.comments.map(({ body }) => body) ?? []
  expect(comments.join('\n')).toContain('the agent of far has not reported')
  expect(ownPulls(world)).toHaveLength(1)
  await pass(60 * minute)
  expect(ownPulls(world)).toHaveLength(1)
})

it('F66: thirty of a hundred clusters fail at once: the wave is the last of its application, and no other is held up', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `c${String(index).padStart(2, '0')}`)
  const waves = Array.from({ length: 10 }, (_, wave) => names.slice(wave * 10, wave * 10 + 10))
  let isReleased = false
  const { world, begin, push, pass } = openShop({
    graph: `  fleet: { waves: ${JSON.stringify(waves)}, protected: false }`,
    versions: { fleet: '1.0.0' },
    more: { 'apps/search/fleet/deployment.yaml': manifest('search', '1.0.0') },
    // From the third wave on.
    isFailing: ({ application, cluster }) =>
      isReleased && application === 'checkout' && /^c[2-7][0-4]/.test(cluster),
  })
  await begin()
  push({ 'README.md': 'The shop.\n' })
  await pass(minute)
  isReleased = true
  push({
    'apps/checkout/fleet/deployment.yaml': manifest('checkout', '1.1.0'),
    'apps/search/fleet/deployment.yaml': manifest('search', '1.1.0'),
  })
  await pass(30 * minute)
  const versions = (application: string) => {
    const rendered = world.git.branches.get('drawbridge/rendered/fleet') ?? ''
    const texts = [...world.git.texts(rendered).values()].join('\n')
    return [...texts.matchAll(new RegExp(`image: .*${application}:(\\S+)`, 'g'))].map(
      ([, version]) => version,
    )
  }
  const count = (application: string, version: string) =>
    versions(application).filter((each) => each === version).length
  expect([count('checkout', '1.1.0'), count('checkout', '1.0.0')]).toEqual([30, 70])
  expect(count('search', '1.1.0')).toBe(100)
})
