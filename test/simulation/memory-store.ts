import { type AgentState, placeKey } from '../../src/domain/agent.ts'
import { pullKey, repositoryKey, targetKey } from '../../src/domain/refs.ts'
import type { RepositoryRef } from '../../src/domain/refs.ts'
import type { Release } from '../../src/domain/release.ts'
import { type Work, workKey } from '../../src/domain/work.ts'
import type { AuditRow } from '../../src/domain/audit.ts'
import type { EarlierEffect, ReviewLedger, Store } from '../../src/ports/store.ts'

type RecordedReview = Awaited<ReturnType<ReviewLedger['list']>>[number]

/** What outlives a loss of the database in a comparison: what each review was seen to approve. */
export type RecordedReviews = Map<string, Map<string, RecordedReview>>

/** The store without a database: one process, no crash, the audit without its chain. */
export interface MemoryStore extends Omit<Store, 'inbox'> {
  inbox: Store['inbox']
  recordedReviews: RecordedReviews
  /** Work whose time has come, in the order in which it was asked for. */
  due(now: number): { work: Work; attempt: number }[]
  take(work: Work): void
  nextDue(): number | undefined
}

export function createMemoryStore(recordedReviews: RecordedReviews = new Map()): MemoryStore {
  const queue = new Map<string, { work: Work; due: number; attempt: number }>()
  const effects = new Map<string, EarlierEffect>()
  const audit: AuditRow[] = []
  const releases = new Map<string, { repository: RepositoryRef; release: Release }>()
  const agents = new Map<string, AgentState>()
  const cache = new Map<string, Uint8Array>()
  const find = (key: string): EarlierEffect => effects.get(key) ?? { state: 'none' }
  const append: Store['audit']['append'] = async (entry, at) => {
    audit.push({ ...structuredClone(entry), at, sequence: audit.length + 1, hash: '' })
  }
  const nextDue = () =>
    queue.size === 0 ? undefined : Math.min(...[...queue.values()].map(({ due }) => due))

  return {
    recordedReviews,
    nextDue,
    due: (now) => [...queue.values()].filter(({ due }) => due <= now),
    take: (work) => void queue.delete(workKey(work)),
    inbox: unused('inbox'),
    queue: {
      ...unused<Store['queue']>('queue'),
      async enqueue(work, due) {
        const key = workKey(work)
        const known = queue.get(key)
        queue.set(key, { work, due: Math.min(due, known?.due ?? due), attempt: known?.attempt ?? 0 })
      },
      async fail({ work, key, attempt }, _now, _reason, retryAt) {
        if (retryAt !== undefined) {
          queue.set(key, { work, due: Math.min(retryAt, queue.get(key)?.due ?? retryAt), attempt })
        }
        return true
      },
      nextDue: async () => nextDue(),
    },
    effects: {
      async intend(key, fingerprint) {
        const earlier = find(key)
        if (earlier.state === 'settled' && earlier.fingerprint === fingerprint) return earlier
        const outcome = earlier.state === 'none' ? undefined : earlier.outcome
        effects.set(key, { state: 'intended', fingerprint, ...(outcome && { outcome }) })
        return earlier
      },
      async settle(key, outcome, entry, now) {
        const earlier = find(key)
        const fingerprint = earlier.state === 'none' ? '' : earlier.fingerprint
        effects.set(key, { state: 'settled', fingerprint, outcome: structuredClone(outcome) })
        await append(entry, now)
      },
      find: async (key) => find(key),
    },
    audit: {
      append,
      list: async ({ subject, limit }) =>
        audit
          .filter((row) => subject === undefined || row.subject === subject)
          .slice(-limit)
          .toReversed(),
      verify: async () => undefined,
    },
    agents: {
      async put(repository, state) {
        agents.set(`${repositoryKey(repository)} ${placeKey(state.place)}`, state)
      },
      get: async (repository, place) => agents.get(`${repositoryKey(repository)} ${placeKey(place)}`),
      list: async (repository) =>
        [...agents]
          .filter(([key]) => key.startsWith(`${repositoryKey(repository)} `))
          .map(([, state]) => state),
    },
    releases: {
      async put(repository, release) {
        releases.set(`${repositoryKey(repository)} ${targetKey(release.target)}`, { repository, release })
      },
      get: async (repository, target) =>
        releases.get(`${repositoryKey(repository)} ${targetKey(target)}`)?.release,
      list: async () => [...releases.values()],
    },
    reviews: {
      async record(pull, review) {
        const ofPull = recordedReviews.get(pullKey(pull)) ?? new Map<string, RecordedReview>()
        if (!ofPull.has(review.id)) ofPull.set(review.id, structuredClone(review))
        recordedReviews.set(pullKey(pull), ofPull)
      },
      list: async (pull) => [...(recordedReviews.get(pullKey(pull))?.values() ?? [])],
    },
    cache: {
      get: async (key) => cache.get(key),
      async put(key, value) {
        cache.set(key, value)
      },
    },
    ping: async () => undefined,
    close: async () => undefined,
  }
}

/** A part that no journey uses. */
function unused<Part extends object>(name: string): Part {
  return new Proxy({} as Part, {
    get(_part, property) {
      throw new Error(`${name}.${String(property)} is not simulated`)
    },
    ownKeys: () => [],
  })
}
