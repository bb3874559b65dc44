import { expect, it } from 'vitest'
import { createTelemetry } from '../../src/adapters/telemetry/prometheus-telemetry.ts'
import { registerTargetFigures } from '../../src/app/target-figures.ts'
import type { Release } from '../../src/domain/release.ts'

const repository = { id: '7', owner: 'shop', name: 'config', installation: '1' }
const aRelease = (application: string, different: Partial<Release> = {}) => ({
  repository,
  release: {
    target: { application, environment: 'prod', cluster: 'eu' },
    revision: '',
    digest: '',
    phase: 'healthy' as const,
    health: { status: 'Healthy' as const, reason: '' },
    since: 0,
    reason: '',
    ...different,
  },
})
const figures = async (releases: ReturnType<typeof aRelease>[]) => {
  const telemetry = createTelemetry()
  const store = {
    releases: { list: async () => releases, get: async () => undefined, put: async () => undefined },
  }
  registerTargetFigures(telemetry, store)
  return (await telemetry.expose()).text.split('\n').filter((line) => !line.startsWith('#'))
}

it('tells of each target where it stands', async () => {
  const drift = { at: 0, object: 'Deployment shop/cart', fields: [], healed: true, count: 3 }
  const pause = { environment: 'prod', application: '*', reason: 'a migration', by: 'ada', at: 0 }
  const lines = await figures([
    aRelease('cart', { phase: 'degraded', appliedAt: 10_000, healthyAt: 14_500, drift, pause }),
    aRelease('checkout'),
  ])
  const cart = 'application="cart",environment="prod",cluster="eu"'
  expect(lines).toEqual(
    expect.arrayContaining([
      `drawbridge_target_phase{${cart}} 4`,
      `drawbridge_target_health{${cart}} 0`,
      `drawbridge_target_applied_timestamp_seconds{${cart}} 10`,
      `drawbridge_target_apply_to_healthy_seconds{${cart}} 4.5`,
      `drawbridge_target_drift_heals{${cart}} 3`,
      `drawbridge_target_paused{${cart}} 1`,
      'drawbridge_targets_left_out 0',
    ]),
  )
  expect(lines.filter((line) => line.includes('checkout'))).toHaveLength(2)
})

it('gives so many targets figures of their own, and says how many it leaves out', async () => {
  const lines = await figures(Array.from({ length: 5_003 }, (_, index) => aRelease(`a${index}`)))
  expect(lines.filter((line) => line.startsWith('drawbridge_target_phase'))).toHaveLength(5_000)
  expect(lines).toContain('drawbridge_targets_left_out 3')
})
