import { expect, it } from 'vitest'
import type { Ports } from '../../src/journeys/ports.ts'
import { advanceRollouts } from '../../src/journeys/promotion/advance-rollouts.ts'
import { anAttestation, aRollout, shop } from '../builders.ts'
import { createMemoryStore } from './memory-store.ts'
import { anAccount } from './fake-github.ts'
import { attestedIn, configurationOf, minute, openShop, ownPulls, pathIn } from './open-shop.ts'
import { manifest } from './shop-files.ts'

/** The first wave comes last by its name. */
const graph = `  dev: { clusters: [dev], protected: false }
  staging:
    waves: [[west], [north], [east]]
    promotion: { from: dev, automatic: true, merge: people }`
const rendered = 'drawbridge/rendered/staging'

/** A shop in which 1.1.0 has reached the first wave of staging. Nothing is heard of clusters that are held: what is to be done there is forgotten. */
async function inFirstWave() {
  const held = new Set<string>()
  const opened = openShop({ graph, versions: { dev: '1.0.0', staging: '1.0.0' } })
  const { world, begin, release, pass } = opened
  const { queue } = world.store
  const enqueue = queue.enqueue.bind(queue)
  queue.enqueue = async (work, due) => {
    if (work.kind !== 'reconcile-target' || !held.has(work.target.cluster)) await enqueue(work, due)
  }
  await begin()
  held.add('west')
  release('1.1.0')
  await pass(2 * minute)
  world.github.merge(anAccount('ada'), ownPulls(world)[0]?.ref.number ?? 0)
  await pass(2 * minute)
  expect(attestedIn(world, 'staging')).toEqual({ west: '1.1.0', north: '1.0.0', east: '1.0.0' })
  return { ...opened, held }
}

it('one wave after the other: each once the one before is healthy', async () => {
  const { world, held, pass } = await inFirstWave()
  held.delete('west')
  held.add('north')
  await pass(5 * minute)
  expect(attestedIn(world, 'staging')).toEqual({ west: '1.1.0', north: '1.1.0', east: '1.0.0' })
  held.clear()
  await pass(5 * minute)
  expect(attestedIn(world, 'staging')).toEqual({ west: '1.1.0', north: '1.1.0', east: '1.1.0' })
})

it('later waves get what the first one got, whatever is on the branch since', async () => {
  const { world, held, pass, push } = await inFirstWave()
  push({ [pathIn('staging')]: manifest('checkout', '1.1.0', 7) })
  await pass(minute)
  held.clear()
  await pass(10 * minute)
  expect(attestedIn(world, 'staging')).toEqual({ west: '1.1.0', north: '1.1.0', east: '1.1.0' })
  const texts = world.git.texts(world.git.branches.get(rendered) ?? '')
  const all = [...texts.values()].join('\n')
  expect(all).toContain('replicas: 2')
  expect(all).not.toContain('replicas: 7')
  const revisions = ['west', 'north', 'east'].map((cluster) => {
    const { revision } = JSON.parse(texts.get(`${cluster}/checkout.release.json`) ?? '{}') as {
      revision: string
    }
    return revision
  })
  expect(new Set(revisions).size).toBe(1)
})

it('no wave begins while a rule freezes the environment', async () => {
  const { world, held, pass, push } = await inFirstWave()
  const freeze = 'freezes:\n  - { environments: [staging], reason: fair, until: "2036-01-01T00:00:00Z" }'
  push({ '.drawbridge.yaml': configurationOf(`${graph}\n${freeze}`) })
  await pass(minute)
  held.clear()
  await pass(5 * minute)
  expect(attestedIn(world, 'staging')).toEqual({ west: '1.1.0', north: '1.0.0', east: '1.0.0' })
})

it('no wave begins on a rendered branch that somebody else wrote', async () => {
  const { world, held, pass } = await inFirstWave()
  const { git, github, now } = world
  const tip = git.branches.get(rendered) ?? ''
  const { tree, message } = git.commit(tip)
  const author = { name: 'ada', email: 'ada@shop.example' }
  const commit = git.writeCommit({ tree, parents: [tip], message, author, at: now() })
  github.push(anAccount('ada'), rendered, commit, false)
  held.clear()
  await pass(5 * minute)
  expect(git.branches.get(rendered)).toBe(commit)
})

it.each(['unsigned', 'bad-signature', 'rewritten'] as const)(
  'nothing is begun, nor looked at again, where the rendered branch is %s',
  async (trust) => {
    const store = createMemoryStore()
    const attestations = [anAttestation()]
    const ledger = { read: async () => ({ trust, attestations, rollouts: [aRollout()], repository: shop }) }
    const ports = { store, ledger, clock: { now: () => 0 } } as unknown as Ports
    expect(await advanceRollouts(ports, shop, 'prod')).toEqual({ outcome: 'nothing-to-trust', actions: 0 })
    expect(store.nextDue()).toBeUndefined()
  },
)
