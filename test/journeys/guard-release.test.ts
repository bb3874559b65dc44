import { beforeEach, expect, it } from 'vitest'
import { noControls, type Release } from '../../src/domain/release.ts'
import type { Ports } from '../../src/journeys/ports.ts'
import { guardHealth } from '../../src/journeys/rollback/guard-health.ts'
import { guardSlo } from '../../src/journeys/rollback/guard-slo.ts'
import { noMetrics } from '../../src/main/no-metrics.ts'
import type { LedgerState } from '../../src/ports/ledger.ts'
import { anActor, anAttestation, aPull, aRelease, drawbridge, noon, shop } from '../builders.ts'
import { silentLog } from '../emulator/cluster/start-cluster.ts'
import { createMemoryGit } from '../simulation/memory-git.ts'
import { createMemoryStore, type MemoryStore } from '../simulation/memory-store.ts'

const work = { repository: shop, application: 'checkout', environment: 'prod' }
const pull = { number: 12, title: 'Raise checkout', author: anActor('ada'), approvedBy: [] }
const bad = anAttestation({ revision: 'b'.repeat(40), digest: 'd1', images: { checkout: '1.9.0' }, pull })
const good = anAttestation({ at: noon - 1 })
const target = bad.target

let store: MemoryStore
let state: LedgerState
let now: number
let said: string[]
beforeEach(() => {
  store = createMemoryStore()
  now = noon
  said = []
  state = {
    repository: shop,
    environment: 'prod',
    commit: 'r'.repeat(40),
    trust: 'trusted',
    sequence: 1,
    attestations: [bad],
    rollouts: [],
    controls: noControls,
  }
})

/** A product whose revert is open already: what the guards decide is seen by whether the version is pinned. */
async function portsFor(configuration: string): Promise<Ports> {
  const git = createMemoryGit()
  const tree = git.writeTree(undefined, { '.drawbridge.yaml': configuration })
  const author = { name: 'Ada', email: 'ada@shop.example' }
  git.branches.set('main', git.writeCommit({ tree, parents: [], message: 'begin', author, at: 1 }))
  const mirror = git.mirror()
  await mirror.fetch()
  return {
    clock: { now: () => now },
    log: silentLog,
    metrics: noMetrics,
    organisation: async () => undefined,
    defaultBranch: async () => 'main',
    repository: async () => mirror,
    store,
    self: { actor: drawbridge, maskKey: 'k', url: '' },
    words: { write: (name: string) => name },
    ledger: {
      read: async () => state,
      history: async () => [state, { ...state, attestations: [good] }],
      objects: async () => [],
      commit: async () => {
        said.push('pinned')
        return { kind: 'committed', commit: 'x', sequence: 2 }
      },
    },
    github: {
      pullFrom: async () => aPull({ number: 13, isDraft: true }),
      async upsertComment({ number }: { number: number }, marker: string) {
        said.push(`#${number} ${marker.replace(/-[0-9a-f]{12}$/, '')}`)
        return {}
      },
    },
  } as unknown as Ports
}

/**
 * | the release                                        | is taken back |
 * | -------------------------------------------------- | ------------- |
 * | degraded, and never healthy                        | yes           |
 * | degraded, and was healthy                          | no            |
 * | not degraded                                       | no            |
 * | of another revision, or rendering, than attested   | no            |
 * | attested by nobody that is trusted                 | no            |
 * | a revert itself                                    | no            |
 * | degraded, and the environment asks for a report    | no            |
 */
const degraded = aRelease({ revision: bad.revision, digest: 'd1', phase: 'degraded' })
it.each<[string, Partial<Release>, Partial<LedgerState>, string, string]>([
  ['degraded', {}, {}, 'revert', 'taken-back'],
  ['healthy once', { healthyAt: noon }, {}, 'revert', 'nothing-failed'],
  ['progressing', { phase: 'progressing' }, {}, 'revert', 'nothing-failed'],
  ['another revision', { revision: 'f'.repeat(40) }, {}, 'revert', 'nothing-failed'],
  ['another rendering', { digest: 'd7' }, {}, 'revert', 'nothing-failed'],
  ['not trusted', {}, { trust: 'bad-signature' }, 'revert', 'nothing-failed'],
  ['a revert', {}, { attestations: [{ ...bad, kind: 'revert' }] }, 'revert', 'left-alone'],
  ['only reported', {}, {}, 'report', 'not-asked-for'],
])('a release that is unhealthy: %s', async (_, release, more, onUnhealthy, outcome) => {
  await store.releases.put(shop, { ...degraded, ...release })
  state = { ...state, ...more }
  const ports = await portsFor(`environments: { prod: { onUnhealthy: ${onUnhealthy} } }\n`)
  expect((await guardHealth(ports, work)).outcome).toBe(outcome)
  expect(said).toEqual(outcome === 'taken-back' ? ['pinned', '#12 taken-back-prod'] : [])
})

const slos = `environments: { prod: {} }
slos: [{ name: answers, application: checkout, environment: prod, objective: 99.9, bad: bad, total: all }]
`
const minutes = 60_000
const applied = (more: Partial<Release> = {}) =>
  store.releases.put(
    shop,
    aRelease({ target, revision: bad.revision, digest: 'd1', appliedAt: noon, ...more }),
  )

it.each<[string, Partial<LedgerState>, number, string, number | undefined]>([
  ['is watched', {}, 0, 'wait', 15_000],
  ['is watched for an hour', {}, 60 * minutes, 'wait', 15_000],
  ['and no longer', {}, 61 * minutes, 'wait', undefined],
  [
    'is not watched where nobody that is trusted attests it',
    { trust: 'unsigned' },
    0,
    'nothing-applied',
    undefined,
  ],
])('a release with an SLO %s', async (_, more, later, outcome, next) => {
  await applied()
  state = { ...state, ...more }
  now = noon + later
  const found = await guardSlo(await portsFor(slos), work)
  expect([found.outcome, found.next]).toEqual([outcome, next === undefined ? undefined : now + next])
})

it('says once that nobody can tell how a release is doing, and nothing of the kind of a revert', async () => {
  await applied()
  const ports = await portsFor(slos)
  for (const later of [0, 4, 6, 7]) {
    now = noon + later * minutes
    await guardSlo(ports, work)
  }
  expect(said).toEqual(['#12 slo-blind-prod'])
  state = { ...state, attestations: [{ ...bad, kind: 'revert', revision: 'e'.repeat(40) }] }
  await applied({ revision: 'e'.repeat(40) })
  for (const later of [8, 20]) {
    now = noon + later * minutes
    await guardSlo(ports, work)
  }
  expect(said).toEqual(['#12 slo-blind-prod'])
})
