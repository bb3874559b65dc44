import { deepEqual, equal, ok } from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from '../../properties.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openStore } from '../../../src/adapters/store/open-store.ts'
import { type Work, workKey } from '../../../src/domain/work.ts'
import { createEmulatedClock } from '../../../src/emulator/clock.ts'
import type { Lease, Store } from '../../../src/ports/store.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drawbridge-model-'))
})
afterAll(() => rm(folder, { recursive: true }))

const leaseMs = 10
const repository = { id: '1', owner: 'shop', name: 'config', installation: '7' }
const work = (number: number): Work => ({ kind: 'review-pull', pull: { repository, number } })

/** What a row of the queue means, without any database. */
interface Row {
  due: number
  rerun?: number
  holder?: { epoch: number; until: number }
  isDead: boolean
}
type Model = Map<string, Row>

type Step =
  | { do: 'enqueue'; key: number; in: number }
  | { do: 'claim' }
  | { do: 'renew' | 'complete' | 'fail'; lease: number; next?: number }
  | { do: 'wait'; ms: number }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('enqueue' as const),
      key: fc.integer({ min: 1, max: 3 }),
      in: fc.integer({ min: 0, max: 15 }),
    }),
    fc.record({ do: fc.constant('claim' as const) }),
    fc.record({
      do: fc.constantFrom('renew' as const, 'complete' as const, 'fail' as const),
      lease: fc.nat(5),
      next: fc.option(fc.integer({ min: 0, max: 15 }), { nil: undefined }),
    }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 12 }) }),
  ),
  { maxLength: 60 },
)

it('behaves as the model for any sequence of steps', async () => {
  let round = 0
  const property = fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const store = await openStore({ folder: join(folder, String(++round)), clock: createEmulatedClock(0) })
      try {
        await follow(store, sequence)
      } finally {
        await store.close()
      }
    }),
    { numRuns: 60, seed: 20261120 },
  )
  await expect(property).resolves.toBeUndefined()
}, 60_000)

async function follow({ queue }: Store, sequence: Step[]): Promise<void> {
  const model: Model = new Map()
  const leases: Lease[] = []
  let now = 1000
  let newestEpoch = 0
  for (const step of sequence) {
    switch (step.do) {
      case 'wait':
        now += step.ms
        break
      case 'enqueue':
        await queue.enqueue(work(step.key), now + step.in)
        enqueue(model, workKey(work(step.key)), now + step.in)
        break
      case 'claim': {
        const lease = await queue.claim('w', now, leaseMs)
        const claimable = [...model].filter(([, row]) => isClaimable(row, now))
        if (!lease) {
          deepEqual(claimable, [])
          break
        }
        ok(claimable.some(([key]) => key === lease.key))
        const row = model.get(lease.key)
        equal(row?.due, Math.min(...claimable.map(([, other]) => other.due)))
        ok(lease.epoch > newestEpoch)
        newestEpoch = lease.epoch
        leases.push(lease)
        if (!row) break
        row.holder = { epoch: lease.epoch, until: now + leaseMs }
        if (row.rerun !== undefined && row.rerun <= now) row.rerun = undefined
        break
      }
      default: {
        const lease = leases.at(-1 - step.lease)
        if (!lease) break
        const row = model.get(lease.key)
        const isHeld = row?.holder?.epoch === lease.epoch
        const next = step.next === undefined ? undefined : now + step.next
        if (step.do === 'renew') {
          equal(await queue.renew(lease, now, leaseMs), isHeld)
          if (isHeld && row.holder) row.holder.until = now + leaseMs
        } else if (step.do === 'complete') {
          equal(await queue.complete(lease, now, next), isHeld)
          if (isHeld) release(model, lease.key, [row.rerun, next], false)
        } else {
          equal(await queue.fail(lease, now, 'broken', next), isHeld)
          if (isHeld) release(model, lease.key, [next ?? row.rerun], true)
        }
      }
    }
    const waiting = [...model.values()].filter((row) => !row.holder && !row.isDead)
    equal(await queue.nextDue(), waiting.length ? Math.min(...waiting.map((row) => row.due)) : undefined)
    const rows = [...model.values()]
    const { due, running, dead } = await queue.depth(now)
    equal(due, rows.filter((row) => isClaimable(row, now)).length)
    equal(running, rows.filter((row) => row.holder).length)
    equal(dead, rows.filter((row) => row.isDead).length)
  }
}

function isClaimable(row: Row, now: number): boolean {
  if (row.isDead) return false
  return row.holder ? row.holder.until <= now : row.due <= now
}

function enqueue(model: Model, key: string, due: number): void {
  const row = model.get(key)
  if (!row || row.isDead) model.set(key, { due, isDead: false })
  else if (row.holder) row.rerun = Math.min(row.rerun ?? due, due)
  else row.due = Math.min(row.due, due)
}

function release(model: Model, key: string, dues: (number | undefined)[], isFailure: boolean): void {
  const known = dues.filter((due) => due !== undefined)
  if (known.length > 0) model.set(key, { due: Math.min(...known), isDead: false })
  else if (isFailure) model.set(key, { due: 0, isDead: true })
  else model.delete(key)
}
