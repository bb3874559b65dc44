import { openStore } from '../../../src/adapters/store/open-store.ts'
import { createEmulatedClock } from '../../../src/emulator/clock.ts'

/** Stores deliveries and settles effects until it is killed, and prints what it was told is durable. */
const folder = process.argv[2] ?? ''
const store = await openStore({ folder, clock: createEmulatedClock(0) })
for (let number = 0; ; number++) {
  const id = `${process.pid}-${number}`
  await store.inbox.accept({ id, event: 'push', body: '{}', receivedAt: 0 })
  process.stdout.write(`delivery ${id}\n`)
  await store.effects.intend(id, 'f', 0)
  const entry = { what: 'comment', subject: id, actor: 'drawbridge', reason: 'test', data: {} }
  await store.effects.settle(id, { id }, entry, 0)
  process.stdout.write(`effect ${id}\n`)
}
