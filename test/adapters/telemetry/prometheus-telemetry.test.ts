import { expect, it } from 'vitest'
import { createTelemetry } from '../../../src/adapters/telemetry/prometheus-telemetry.ts'

it('counts under one name from several places', async () => {
  const telemetry = createTelemetry()
  const metric = { name: 'drawbridge_writes_total', help: 'Writes.', labels: ['kind'] as const }
  telemetry.counter(metric)({ kind: 'check' })
  telemetry.counter(metric)({ kind: 'check' }, 2)
  expect((await telemetry.expose()).text).toContain('drawbridge_writes_total{kind="check"} 3')
})

it('sorts spans of time into buckets', async () => {
  const telemetry = createTelemetry()
  const observe = telemetry.histogram({ name: 'x_seconds', help: 'X.', labels: [], buckets: [1, 5] })
  for (const value of [0.5, 1, 3, 9]) observe({}, value)
  const { text } = await telemetry.expose()
  expect(text).toContain('x_seconds_bucket{le="1"} 2')
  expect(text).toContain('x_seconds_bucket{le="5"} 3')
  expect(text).toContain('x_seconds_count 4')
})

it('reads gauges when it is asked, forgets former values, and leaves out what cannot be read', async () => {
  const telemetry = createTelemetry()
  let states = ['due', 'dead']
  telemetry.gauge({ name: 'depth', help: 'D.', labels: ['state'] }, async () =>
    states.map((state) => ({ labels: { state }, value: 1 })),
  )
  telemetry.gauge({ name: 'broken', help: 'B.', labels: [] }, async () => Promise.reject(new Error('down')))
  expect((await telemetry.expose()).text).toContain('depth{state="dead"} 1')
  states = ['due']
  const { text } = await telemetry.expose()
  expect(text).toContain('depth{state="due"} 1')
  expect(text).not.toContain('dead')
  expect(text).not.toMatch(/^broken/m)
})

it('keeps two servers of one process apart', async () => {
  const metric = { name: 'x_total', help: 'X.', labels: [] }
  createTelemetry().counter(metric)({})
  expect((await createTelemetry().expose()).text).not.toContain('x_total')
})
