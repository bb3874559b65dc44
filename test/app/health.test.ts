import { expect, it } from 'vitest'
import { createHealth } from '../../src/app/health.ts'
import { createEmulatedClock } from '../../src/emulator/clock.ts'
import type { Store } from '../../src/ports/store.ts'

const start = Date.parse('2026-11-20T16:30:00Z')
const minute = 60_000

function aHealth(facts: {
  oldestDueMs?: number
  idleMs?: number
  inbox?: number
  ping?: () => Promise<void>
}) {
  const clock = createEmulatedClock(start)
  const state = { waiting: facts.inbox ?? 0, idleSince: start - (facts.idleMs ?? 0) }
  const store = {
    ping: facts.ping ?? (async () => {}),
    queue: {
      depth: async () => ({ due: 1, waiting: 1, running: 0, dead: 2, oldestDueMs: facts.oldestDueMs ?? 0 }),
    },
    inbox: { counts: async () => ({ waiting: state.waiting, rejected: 0 }) },
  } as unknown as Store
  const health = createHealth({ store, clock, lastProgressAt: () => state.idleSince })
  return { clock, health, state }
}

// due longer than 10 min | nothing ended for 10 min | status
//          no            |           no             | ok
//          no            |           yes            | ok: there is nothing to do
//          yes           |           no             | ok: behind, but working
//          yes           |           yes            | stalled
it.each`
  case                          | oldestDueMs        | idleMs             | status
  ${'nothing to do'}            | ${0}               | ${0}               | ${'ok'}
  ${'nothing to do for a day'}  | ${0}               | ${1440 * minute}   | ${'ok'}
  ${'behind, but working'}      | ${60 * minute}     | ${minute}          | ${'ok'}
  ${'both exactly ten minutes'} | ${10 * minute}     | ${10 * minute}     | ${'ok'}
  ${'just over ten minutes'}    | ${10 * minute + 1} | ${10 * minute + 1} | ${'stalled'}
`('$case → $status', async ({ oldestDueMs, idleMs, status }) => {
  expect(await aHealth({ oldestDueMs, idleMs }).health.check()).toMatchObject({ status })
})

it('says what stands still', async () => {
  expect(await aHealth({ oldestDueMs: 12 * minute, idleMs: 11 * minute }).health.check()).toEqual({
    status: 'stalled',
    reason: 'something is due for 12 minutes and nothing has ended for 11 minutes',
    queue: { due: 1, waiting: 1, running: 0, dead: 2, oldestDueMs: 12 * minute },
    inbox: { waiting: 0, rejected: 0 },
  })
})

it('notices deliveries that nobody takes, and not those that just came after a quiet day', async () => {
  const { clock, health, state } = aHealth({ idleMs: 1440 * minute, inbox: 1 })
  expect(await health.check()).toMatchObject({ status: 'ok' })
  await clock.advance(10 * minute)
  expect(await health.check()).toMatchObject({ status: 'ok' })
  await clock.advance(1)
  expect(await health.check()).toMatchObject({ status: 'stalled' })
  state.waiting = 0
  expect(await health.check()).toMatchObject({ status: 'ok' })
})

it('fails where the database fails', async () => {
  const { health } = aHealth({ ping: async () => Promise.reject(new Error('refused')) })
  expect(await health.check()).toEqual({
    status: 'store-unreachable',
    reason: 'the database does not answer',
  })
})

it('fails where the database does not answer in two seconds', async () => {
  const { clock, health } = aHealth({ ping: () => new Promise(() => {}) })
  const check = health.check()
  await clock.advance(2_000)
  expect(await check).toMatchObject({ status: 'store-unreachable' })
})
