import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Telemetry } from '../../ports/telemetry.ts'

/** Metrics in a registry of their own: two servers in one process do not mix. */
export function createTelemetry(): Telemetry {
  const registry = new Registry()
  return {
    counter({ name, help, labels }) {
      const known = registry.getSingleMetric(name) as Counter | undefined
      const counter = known ?? new Counter({ name, help, labelNames: labels, registers: [registry] })
      return (values, by = 1) => counter.inc(values, by)
    },
    histogram({ name, help, labels, buckets }) {
      const known = registry.getSingleMetric(name) as Histogram | undefined
      const histogram =
        known ?? new Histogram({ name, help, labelNames: labels, buckets, registers: [registry] })
      return (values, value) => histogram.observe(values, value)
    },
    gauge({ name, help, labels }, read) {
      if (registry.getSingleMetric(name)) return
      const collect = async function (this: Gauge) {
        this.reset()
        // Without labels, a reset leaves a 0 that nobody measured.
        if (labels.length === 0) this.remove()
        const samples = await read().catch(() => [])
        for (const sample of samples) this.set(sample.labels, sample.value)
      }
      registry.registerMetric(new Gauge({ name, help, labelNames: labels, registers: [], collect }))
    },
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}
