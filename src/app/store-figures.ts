import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import { registerTargetFigures } from './target-figures.ts'

/** Declares the figures that are read from the store whenever somebody asks for the metrics. */
export function registerStoreFigures(
  telemetry: Telemetry,
  store: Pick<Store, 'inbox' | 'queue' | 'releases'>,
  clock: Clock,
): void {
  telemetry.gauge(
    { name: 'drawbridge_queue_depth', help: 'Pieces of work in the queue, by state.', labels: ['state'] },
    async () => {
      const { due, waiting, running, dead } = await store.queue.depth(clock.now())
      const counts = { due, waiting, running, dead }
      return Object.entries(counts).map(([state, value]) => ({ labels: { state }, value }))
    },
  )
  telemetry.gauge(
    { name: 'drawbridge_queue_oldest_due_seconds', help: 'Age of the work that is due longest.', labels: [] },
    async () => [{ labels: {}, value: (await store.queue.depth(clock.now())).oldestDueMs / 1000 }],
  )
  telemetry.gauge(
    { name: 'drawbridge_inbox_deliveries', help: 'Deliveries in the inbox, by state.', labels: ['state'] },
    async () =>
      Object.entries(await store.inbox.counts()).map(([state, value]) => ({ labels: { state }, value })),
  )
  telemetry.gauge(
    { name: 'drawbridge_targets', help: 'Targets that were reconciled here, by phase.', labels: ['phase'] },
    async () => {
      const byPhase = Map.groupBy(await store.releases.list(), ({ release }) => release.phase)
      return [...byPhase].map(([phase, { length }]) => ({ labels: { phase }, value: length }))
    },
  )
  registerTargetFigures(telemetry, store)
}
