import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Delivery, Store } from '../ports/store.ts'
import type { Telemetry } from '../ports/telemetry.ts'

export interface InboxDrain {
  store: Pick<Store, 'inbox'>
  clock: Clock
  log: Log
  telemetry: Telemetry
  receive(delivery: Delivery): Promise<void>
}

/** Also the pause before a delivery that failed is tried again. */
const leaseMs = 30_000
const batch = 20
const maxTries = 5

/** Takes deliveries that wait, oldest first; how many there were. One that fails five times is rejected with its reason. */
export function createInboxDrain(drain: InboxDrain): () => Promise<number> {
  const { store, clock, log, telemetry } = drain
  const received = telemetry.counter({
    name: 'drawbridge_deliveries_total',
    help: 'Webhook deliveries taken from the inbox, by what became of them.',
    labels: ['outcome'],
  })

  return async () => {
    const deliveries = await store.inbox.claim(clock.now(), leaseMs, batch)
    for (const delivery of deliveries) received({ outcome: await take(delivery) })
    return deliveries.length
  }

  async function take(delivery: Delivery): Promise<'received' | 'retried' | 'rejected'> {
    const { id, event, attempt = 1 } = delivery
    const fields = { delivery: id, event, attempt }
    try {
      if (attempt > maxTries) throw new Error('its receiver ended without a word each time')
      await drain.receive(delivery)
      await store.inbox.done(id, 'received', clock.now())
      log.debug(fields, 'delivery received')
      return 'received'
    } catch (error) {
      if (attempt < maxTries) {
        log.warn({ ...fields, error }, 'delivery failed, will be tried again')
        return 'retried'
      }
      const reason = error instanceof Error ? error.message : String(error)
      await store.inbox.reject(id, `failed ${maxTries} times: ${reason}`, clock.now())
      log.error({ ...fields, error }, 'delivery rejected')
      return 'rejected'
    }
  }
}
