import { expect, it } from 'vitest'
import { createTelemetry } from '../../src/adapters/telemetry/prometheus-telemetry.ts'
import { createDriftFigures } from '../../src/app/drift-figures.ts'
import type { Release } from '../../src/domain/release.ts'

const aRelease = (manager: string): Release => ({
  target: { application: 'cart', environment: 'prod', cluster: 'eu' },
  revision: '',
  digest: '',
  phase: 'healthy',
  health: { status: 'Healthy', reason: '' },
  since: 0,
  reason: '',
  drift: { at: 1, object: 'ConfigMap shop/a', fields: [], manager, healed: true, count: 1 },
})

it('counts by target and manager', async () => {
  const telemetry = createTelemetry()
  const count = createDriftFigures(telemetry)
  count(undefined, aRelease('kubectl-edit'))
  count(aRelease('kubectl-edit'), aRelease('kubectl-edit'))
  const { text } = await telemetry.expose()
  const place = 'application="cart",environment="prod",cluster="eu",manager="kubectl-edit"'
  expect(text).toContain(`drawbridge_drift_seen_total{${place}} 1`)
  expect(text).toContain(`drawbridge_drift_healed_total{${place}} 1`)
})

it('counts together what names itself differently again and again', async () => {
  const telemetry = createTelemetry()
  const count = createDriftFigures(telemetry)
  for (let index = 0; index < 5_003; index += 1) count(undefined, aRelease(`manager-${index}`))
  const lines = (await telemetry.expose()).text.split('\n')
  expect(lines.filter((line) => line.startsWith('drawbridge_drift_seen_total'))).toHaveLength(5_001)
  expect(lines.find((line) => line.startsWith('drawbridge_drift_seen_total{application="(others)"'))).toMatch(
    / 3$/,
  )
})
