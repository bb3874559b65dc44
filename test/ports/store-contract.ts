import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RepositoryRef } from '../../src/domain/refs.ts'
import type { Release } from '../../src/domain/release.ts'
import type { Work } from '../../src/domain/work.ts'
import { createEmulatedClock, type EmulatedClock } from '../../src/emulator/clock.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Lease, Store } from '../../src/ports/store.ts'

export interface StoreUnderTest {
  /** Opens the same database again, as a second process or after a restart. */
  open(clock: Clock): Promise<Store>
  /** Does something behind the store's back. */
  execute(statement: string): Promise<void>
  /** The statement with which somebody who owns the database gets around its refusal of changes. */
  unlockAudit: string
  /** Forgets the database; the next test begins with an empty one. */
  remove(): Promise<void>
}

const start = Date.parse('2026-11-20T16:30:00Z')
const minute = 60_000
const repository: RepositoryRef = { id: '1', owner: 'shop', name: 'config', installation: '7' }
const review = (number: number): Work => ({ kind: 'review-pull', pull: { repository, number } })
const entry = {
  what: 'comment',
  subject: 'comment/1#1',
  actor: 'drawbridge',
  reason: 'it changed',
  data: { b: 1, a: [2] },
}

/** What every store must do, whatever database is behind it. */
export function describeStore(name: string, create: () => Promise<StoreUnderTest>): void {
  describe(`store on ${name}`, () => {
    let database: StoreUnderTest
    let clock: EmulatedClock
    let store: Store

    beforeEach(async () => {
      clock = createEmulatedClock(start)
      database = await create()
      store = await database.open(clock)
    })
    afterEach(async () => {
      await store.close()
      await database.remove()
    })

    const claim = (at = start, worker = 'a') => store.queue.claim(worker, at, minute)
    const claimed = async (at = start, worker = 'a'): Promise<Lease> => {
      const lease = await claim(at, worker)
      if (!lease) throw new Error('nothing was due')
      return lease
    }

    describe('inbox', () => {
      const delivery = (id: string, receivedAt = start) => ({
        id,
        event: 'push',
        body: '{"a":"\\u0000é"}',
        receivedAt,
      })

      it('stores a delivery once, also when it comes five times at once', async () => {
        const answers = await Promise.all(
          Array.from({ length: 5 }, () => store.inbox.accept(delivery('one'))),
        )
        expect(answers.toSorted()).toEqual(['duplicate', 'duplicate', 'duplicate', 'duplicate', 'stored'])
        expect(await store.inbox.counts()).toEqual({ waiting: 1, rejected: 0 })
      })

      it('hands out the oldest first, each to one worker', async () => {
        for (const [id, at] of [
          ['late', 2],
          ['early', 1],
          ['last', 3],
        ] as const)
          await store.inbox.accept(delivery(id, at))
        expect(await store.inbox.claim(start, minute, 2)).toEqual([
          { ...delivery('early', 1), attempt: 1 },
          { ...delivery('late', 2), attempt: 1 },
        ])
        expect((await store.inbox.claim(start, minute, 2)).map((row) => row.id)).toEqual(['last'])
        expect(await store.inbox.claim(start + minute - 1, minute, 2)).toEqual([])
      })

      it('hands a delivery over when its lease has run out, and counts the tries', async () => {
        await store.inbox.accept(delivery('one'))
        await store.inbox.claim(start, minute, 9)
        expect(await store.inbox.claim(start + minute, minute, 9)).toMatchObject([{ id: 'one', attempt: 2 }])
      })

      it('never hands out what is done or rejected, and knows it as a duplicate', async () => {
        await store.inbox.accept(delivery('done'))
        await store.inbox.accept(delivery('rejected'))
        await store.inbox.done('done', 'received', start)
        await store.inbox.reject('rejected', 'not ours', start)
        expect(await store.inbox.claim(start + minute, minute, 9)).toEqual([])
        expect(await store.inbox.accept(delivery('done'))).toBe('duplicate')
        expect(await store.inbox.counts()).toEqual({ waiting: 0, rejected: 1 })
        expect(await store.audit.list({ limit: 9 })).toMatchObject([
          { what: 'reject-delivery', subject: 'delivery/rejected', reason: 'not ours' },
        ])
      })
    })

    describe('queue', () => {
      it('gives work when it is due, not before', async () => {
        await store.queue.enqueue(review(1), start + minute)
        expect(await claim(start + minute - 1)).toBeUndefined()
        expect(await store.queue.nextDue()).toBe(start + minute)
        expect(await claim(start + minute)).toMatchObject({
          work: review(1),
          key: 'review-pull/1#1',
          attempt: 1,
        })
        expect(await store.queue.nextDue()).toBeUndefined()
      })

      it('gives the longest-due work first', async () => {
        await store.queue.enqueue(review(1), start - 1)
        await store.queue.enqueue(review(2), start - 2)
        expect((await claimed()).work).toEqual(review(2))
        expect((await claimed()).work).toEqual(review(1))
      })

      it.each([
        ['earlier', start - 1, start - 1],
        ['later', start + minute, start],
      ])('coalesces work that waits: an %s wish', async (_, due, expected) => {
        await store.queue.enqueue(review(1), start)
        await store.queue.enqueue(review(1), due)
        expect(await store.queue.nextDue()).toBe(expected)
        await store.queue.complete(await claimed(), start)
        expect(await claim(start + minute)).toBeUndefined()
      })

      it('runs work once more that was asked for while it ran, and not at the same time', async () => {
        await store.queue.enqueue(review(1), start)
        const first = await claimed()
        await store.queue.enqueue(review(1), start)
        await store.queue.enqueue(review(1), start)
        expect(await claim()).toBeUndefined()
        expect(await store.queue.complete(first, start)).toBe(true)
        const second = await claimed()
        expect(await store.queue.complete(second, start)).toBe(true)
        expect(await claim(start + minute)).toBeUndefined()
      })

      it('makes completed work due at the next time it asked for', async () => {
        await store.queue.enqueue(review(1), start)
        await store.queue.complete(await claimed(), start, start + minute)
        expect(await claim(start + minute - 1)).toBeUndefined()
        expect(await claim(start + minute)).toMatchObject({ attempt: 1 })
      })

      it('hands work over when its lease has run out and fences the older holder off', async () => {
        await store.queue.enqueue(review(1), start)
        const old = await claimed(start, 'a')
        expect(await claim(start + minute - 1, 'b')).toBeUndefined()
        const young = await claimed(start + minute, 'b')
        expect(young).toMatchObject({ attempt: 2, lapses: 1 })
        expect(young.epoch).toBeGreaterThan(old.epoch)
        expect(await store.queue.renew(old, start + minute, minute)).toBe(false)
        expect(await store.queue.complete(old, start + minute)).toBe(false)
        expect(await store.queue.fail(old, start + minute, 'late', start)).toBe(false)
        expect(await store.queue.complete(young, start + minute)).toBe(true)
      })

      it('fences an older holder off also after the work was ended and enqueued anew', async () => {
        await store.queue.enqueue(review(1), start)
        const old = await claimed(start, 'a')
        await store.queue.complete(await claimed(start + minute, 'b'), start + minute)
        await store.queue.enqueue(review(1), start + minute)
        const young = await claimed(start + minute, 'c')
        expect(young.epoch).toBeGreaterThan(old.epoch)
        expect(await store.queue.complete(old, start + minute)).toBe(false)
        expect(await store.queue.renew(young, start + minute, minute)).toBe(true)
      })

      it('keeps work with the holder that renews its lease', async () => {
        await store.queue.enqueue(review(1), start)
        const lease = await claimed()
        expect(await store.queue.renew(lease, start + minute - 1, minute)).toBe(true)
        expect(await claim(start + minute)).toBeUndefined()
        expect(await claim(start + 2 * minute - 1)).toMatchObject({ attempt: 2 })
      })

      it('tries failed work again at the given time and counts', async () => {
        await store.queue.enqueue(review(1), start)
        expect(await store.queue.fail(await claimed(), start, 'no answer', start + minute)).toBe(true)
        expect(await claim(start + minute - 1)).toBeUndefined()
        expect(await claim(start + minute)).toMatchObject({ attempt: 2, lapses: 0 })
      })

      it('moves failed work to the dead letters with an audit row, until it is wanted anew', async () => {
        await store.queue.enqueue(review(1), start)
        await store.queue.fail(await claimed(), start, 'it is \0 broken')
        expect(await claim(start + minute)).toBeUndefined()
        expect(await store.queue.depth(start)).toMatchObject({ due: 0, waiting: 0, running: 0, dead: 1 })
        expect(await store.audit.list({ subject: 'review-pull/1#1', limit: 9 })).toMatchObject([
          { what: 'dead-letter', reason: 'it is \0 broken', data: { kind: 'review-pull', attempt: 1 } },
        ])
        await store.queue.enqueue(review(1), start)
        expect(await claim()).toMatchObject({ attempt: 1 })
      })

      it('gives a newer wish its own tries although the run it came during was the last', async () => {
        await store.queue.enqueue(review(1), start)
        const lease = await claimed()
        await store.queue.enqueue(review(1), start)
        await store.queue.fail(lease, start, 'broken')
        expect(await claim()).toMatchObject({ attempt: 1 })
      })

      it('has one winner each for 100 claims at once from two processes', async () => {
        const other = await database.open(clock)
        for (let number = 1; number <= 100; number++) await store.queue.enqueue(review(number), start)
        const claims = await Promise.all(
          Array.from({ length: 120 }, (_, index) =>
            (index % 2 ? store : other).queue.claim(`w${index}`, start, minute),
          ),
        )
        const leases = claims.filter((lease) => lease !== undefined)
        // A claim may skip a row that another one holds at that moment; none is handed out twice and none is lost.
        for (let next = await claim(); next; next = await claim()) leases.push(next)
        expect(new Set(leases.map((lease) => lease.key)).size).toBe(100)
        expect(new Set(leases.map((lease) => lease.epoch)).size).toBe(100)
        expect(leases).toHaveLength(100)
        await other.close()
      })

      it('has one row for 50 who enqueue the same key at once', async () => {
        await Promise.all(Array.from({ length: 50 }, () => store.queue.enqueue(review(1), start)))
        expect(await store.queue.depth(start)).toMatchObject({ due: 1, waiting: 1 })
      })

      it('tells the depth and the age of the oldest due work', async () => {
        await store.queue.enqueue(review(1), start - 5_000)
        await store.queue.enqueue(review(2), start + 1)
        await store.queue.enqueue(review(3), start - 9_000)
        await claimed()
        expect(await store.queue.depth(start)).toEqual({
          due: 1,
          waiting: 2,
          running: 1,
          dead: 0,
          oldestDueMs: 5_000,
        })
        expect(await store.queue.depth(start + minute)).toMatchObject({ due: 3, oldestDueMs: 69_000 })
      })

      it('ends a wait when work comes, also when it came just before, and at the time-out', async () => {
        const never = new AbortController().signal
        await expect(store.queue.wait(minute, AbortSignal.abort())).resolves.toBeUndefined()
        const waiting = store.queue.wait(minute, never)
        await store.queue.enqueue(review(1), start)
        await waiting
        await store.queue.wait(minute, never)
        const timed = store.queue.wait(minute, never)
        await clock.advance(minute)
        await expect(timed).resolves.toBeUndefined()
      })

      it('leaves work alone whose kind a newer version made', async () => {
        await database.execute(`insert into queue (key, kind, work, state, due_at, epoch, attempt, lapses)
          values ('sweep-stars/1', 'sweep-stars', '{"kind":"sweep-stars"}', 'waiting', 1, 0, 0, 0)`)
        expect(await claim()).toBeUndefined()
        expect(await store.queue.nextDue()).toBeUndefined()
        expect(await store.queue.depth(start)).toMatchObject({ due: 0, waiting: 0, oldestDueMs: 0 })
      })
    })

    describe('effects', () => {
      it('remembers intent, then outcome, and writes one audit row with the outcome', async () => {
        expect(await store.effects.intend('comment/1', 'f1', start)).toEqual({ state: 'none' })
        expect(await store.effects.find('comment/1')).toEqual({ state: 'intended', fingerprint: 'f1' })
        expect(await store.effects.intend('comment/1', 'f1', start)).toMatchObject({ state: 'intended' })
        await store.effects.settle('comment/1', { id: '9' }, entry, start)
        expect(await store.effects.find('comment/1')).toEqual({
          state: 'settled',
          fingerprint: 'f1',
          outcome: { id: '9' },
        })
        expect(await store.audit.list({ limit: 9 })).toMatchObject([{ ...entry, sequence: 1, at: start }])
      })

      it('keeps a settled effect settled for the same fingerprint, and its outcome for the next one', async () => {
        await store.effects.intend('comment/1', 'f1', start)
        await store.effects.settle('comment/1', { id: '9' }, entry, start)
        const settled = { state: 'settled', fingerprint: 'f1', outcome: { id: '9' } }
        expect(await store.effects.intend('comment/1', 'f1', start)).toEqual(settled)
        expect(await store.effects.find('comment/1')).toEqual(settled)
        expect(await store.effects.intend('comment/1', 'f2', start)).toEqual(settled)
        expect(await store.effects.find('comment/1')).toEqual({
          state: 'intended',
          fingerprint: 'f2',
          outcome: { id: '9' },
        })
      })

      it('records nothing of an outcome whose audit row cannot be written', async () => {
        await store.effects.intend('comment/1', 'f1', start)
        const data: Record<string, unknown> = {}
        data.self = data
        await expect(
          store.effects.settle('comment/1', { id: '9' }, { ...entry, data }, start),
        ).rejects.toThrow('circular')
        expect(await store.effects.find('comment/1')).toMatchObject({ state: 'intended' })
        expect(await store.audit.list({ limit: 9 })).toEqual([])
      })
    })

    describe('audit', () => {
      it('chains rows, also when many are appended at once, and lists the newest first', async () => {
        const subjects = Array.from({ length: 30 }, (_, index) => `s${index}`)
        await Promise.all(subjects.map((subject) => store.audit.append({ ...entry, subject }, start)))
        const rows = await store.audit.list({ limit: 100 })
        expect(rows.map((row) => row.sequence)).toEqual(Array.from({ length: 30 }, (_, index) => 30 - index))
        expect(new Set(rows.map((row) => row.subject))).toEqual(new Set(subjects))
        expect(await store.audit.verify()).toBeUndefined()
        expect(await store.audit.list({ subject: 's7', limit: 1 })).toMatchObject([{ subject: 's7' }])
      })

      it('refuses changes, and names the row that was changed behind its back', async () => {
        for (const subject of ['a', 'b', 'c']) await store.audit.append({ ...entry, subject }, start)
        const change = `update audit set entry = replace(entry, 'it changed', 'nothing') where sequence = 2`
        await expect(database.execute(change)).rejects.toThrow('append-only')
        await expect(database.execute('delete from audit where sequence = 3')).rejects.toThrow('append-only')
        await database.execute(database.unlockAudit)
        await database.execute(change)
        expect(await store.audit.verify()).toBe(2)
      })

      it('keeps values that databases find hard', async () => {
        const data = { '': null, __proto__x: -0, half: '\ud800', nul: '\0', big: 2 ** 53, list: [undefined] }
        await store.audit.append({ ...entry, subject: '\0\ud800', data }, start)
        expect(await store.audit.verify()).toBeUndefined()
        expect(await store.audit.list({ subject: '\0\ud800', limit: 1 })).toMatchObject([
          { subject: '\0\ud800', data: { half: '\ud800', nul: '\0', list: [null] } },
        ])
      })
    })

    describe('history and cache', () => {
      const release: Release = {
        target: { application: 'checkout', environment: 'prod', cluster: 'prod-eu' },
        revision: 'a'.repeat(40),
        digest: 'b'.repeat(40),
        phase: 'healthy',
        health: { status: 'Healthy', reason: '' },
        since: start,
        reason: '',
      }
      const pull = { repository, number: 1 }

      it('keeps the newest release of each target', async () => {
        const renamed = { ...repository, name: 'renamed' }
        const other = { ...release, target: { ...release.target, cluster: 'prod-us' } }
        await store.releases.put(repository, release)
        await store.releases.put(renamed, { ...release, phase: 'degraded' })
        await store.releases.put(repository, other)
        expect(await store.releases.get(repository, release.target)).toEqual({
          ...release,
          phase: 'degraded',
        })
        expect(await store.releases.get({ ...repository, id: '2' }, release.target)).toBeUndefined()
        expect(await store.releases.list({ ...repository, id: '2' })).toEqual([])
        expect(await store.releases.list()).toEqual([
          { repository: renamed, release: { ...release, phase: 'degraded' } },
          { repository, release: other },
        ])
      })

      it('keeps what was last heard of each agent', async () => {
        const state = {
          place: { environment: 'prod', cluster: 'prod-eu' },
          epoch: start,
          sequence: 1,
          identity: 'uid',
          heardAt: start,
        }
        const sliced = { ...state, place: { ...state.place, slice: { index: 2, of: 3 } } }
        await store.agents.put(repository, state)
        await store.agents.put(repository, sliced)
        await store.agents.put({ ...repository, name: 'renamed' }, { ...state, sequence: 2 })
        expect(await store.agents.get(repository, state.place)).toEqual({ ...state, sequence: 2 })
        expect(await store.agents.get({ ...repository, id: '2' }, state.place)).toBeUndefined()
        expect(await store.agents.list(repository)).toEqual([{ ...state, sequence: 2 }, sliced])
      })

      it('lets the first record of a review stand', async () => {
        const first = {
          id: '5',
          sha: 'a'.repeat(40),
          digests: { 'prod/prod-eu/checkout': 'b'.repeat(40) },
          at: start,
        }
        await store.reviews.record(pull, first)
        await store.reviews.record(pull, { ...first, sha: 'c'.repeat(40) })
        await store.reviews.record(pull, { ...first, id: '6', at: start - 1 })
        expect(await store.reviews.list(pull)).toEqual([{ ...first, id: '6', at: start - 1 }, first])
        expect(await store.reviews.list({ repository, number: 2 })).toEqual([])
      })

      it('gives back the bytes that were put last', async () => {
        expect(await store.cache.get('k')).toBeUndefined()
        await store.cache.put('k', new Uint8Array([1]), start)
        await store.cache.put('k', new Uint8Array([0, 255, 10]), start)
        expect(Array.from((await store.cache.get('k')) ?? [])).toEqual([0, 255, 10])
      })
    })

    it('has everything after it was opened again', async () => {
      await store.ping()
      await store.inbox.accept({ id: 'one', event: 'push', body: '{}', receivedAt: start })
      await store.queue.enqueue(review(1), start)
      const before = await claimed()
      await store.effects.intend('comment/1', 'f1', start)
      await store.audit.append(entry, start)
      await store.close()
      store = await database.open(clock)
      expect(await store.inbox.counts()).toEqual({ waiting: 1, rejected: 0 })
      expect((await claimed(start + minute)).epoch).toBeGreaterThan(before.epoch)
      expect(await store.effects.find('comment/1')).toEqual({ state: 'intended', fingerprint: 'f1' })
      await store.audit.append(entry, start)
      expect(await store.audit.verify()).toBeUndefined()
    })
  })
}
