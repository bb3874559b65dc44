import { expect, it } from 'vitest'
import type { Release } from '../../src/domain/release.ts'
import type { Target } from '../../src/domain/refs.ts'
import { tellElsewhere } from '../../src/journeys/sync/tell-elsewhere.ts'
import { anAttestation } from '../builders.ts'
import { repository } from './reconcile-target-doubles.ts'

const place = { environment: 'prod', cluster: 'eu' }
const dns: Target = { application: 'dns', environment: 'shared', cluster: 'hub' }
const payments: Target = { application: 'payments', environment: 'prod', cluster: 'us' }
const cart: Target = { application: 'cart', environment: 'prod', cluster: 'eu' }

it('tells an agent of nothing but what its own place depends on, as attested', async () => {
  const release = (target: Target) => ({ target, digest: 'd2', phase: 'healthy', reason: 'x' }) as Release
  const store = {
    releases: {
      get: async (_: unknown, target: Target) => release(target),
      put: async () => undefined,
      list: async () => [],
    },
  }
  const attestations = [
    { ...anAttestation({ target: cart }), dependsOn: [dns] },
    { ...anAttestation({ target: { ...cart, cluster: 'us' } }), dependsOn: [payments] },
  ]
  expect(await tellElsewhere(store, repository, place, [dns, payments, cart], attestations)).toEqual([
    { target: dns, digest: 'd2', phase: 'healthy' },
  ])
})
