import { expect, it } from 'vitest'
import type { AgentState } from '../../../src/domain/agent.ts'
import type { DeclaredCluster } from '../../../src/domain/configuration.ts'
import type { Attestation, Release } from '../../../src/domain/release.ts'
import { findSilent } from '../../../src/features/agents/find-silent.ts'

const minute = 60_000
const now = Date.parse('2026-11-20T12:00:00Z')
const target = { application: 'checkout', environment: 'prod', cluster: 'eu' }
const attestation: Attestation = {
  target,
  revision: 'r2',
  digest: 'd2',
  source: '',
  kind: 'change',
  verdicts: [],
  images: {},
  at: now - 60 * minute,
}
const healthy: Release = {
  target,
  revision: 'r1',
  digest: 'd1',
  phase: 'healthy',
  health: { status: 'Healthy', reason: '' },
  since: 0,
  healthyAt: 5,
  reason: '',
}
const state: AgentState = {
  place: { environment: 'prod', cluster: 'eu' },
  epoch: 1,
  sequence: 1,
  identity: 'uid',
  heardAt: now,
}
const eu: DeclaredCluster = { name: 'eu', labels: {}, access: { kind: 'agent', keys: ['ssh-ed25519 A'] } }

/*
 * | agents                                     | the target                       |
 * | ------------------------------------------ | -------------------------------- |
 * | heard less than five minutes ago           | as it was                        |
 * | heard five minutes ago or earlier          | unreachable since then           |
 * | never heard, attested five minutes ago     | unreachable, nobody ever reported |
 * | two slices, its own silent                 | unreachable                      |
 * | no key is declared, or no agent            | left alone                       |
 */
it.each`
  case                                | heard                                                                          | clusters                                                   | since
  ${'heard just now'}                 | ${[{}]}                                                                        | ${[eu]}                                                    | ${undefined}
  ${'heard almost five minutes ago'}  | ${[{ heardAt: now - 5 * minute + 1 }]}                                         | ${[eu]}                                                    | ${undefined}
  ${'heard five minutes ago'}         | ${[{ heardAt: now - 5 * minute }]}                                             | ${[eu]}                                                    | ${now - 5 * minute}
  ${'never heard'}                    | ${[]}                                                                          | ${[eu]}                                                    | ${attestation.at}
  ${'nobody is believed there'}       | ${[]}                                                                          | ${[{ ...eu, access: { kind: 'agent', keys: [] } }]}        | ${undefined}
  ${'the app serves it'}              | ${[]}                                                                          | ${[{ ...eu, access: { kind: 'kubeconfig', name: 'eu' } }]} | ${undefined}
  ${'an old agent of all, a new one'} | ${[{ heardAt: 0 }, { place: { ...state.place, slice: { index: 1, of: 1 } } }]} | ${[eu]}                                                    | ${undefined}
`('$case', ({ heard, clusters, since }) => {
  const states = heard.map((different: Partial<AgentState>) => ({ ...state, ...different }))
  const found = findSilent(clusters, states, [attestation], new Map(), now)
  expect(found.releases.map((release) => release.since)).toEqual(since === undefined ? [] : [since])
})

it('shows what is attested now as out of reach, and what was healthy before as not', () => {
  const silent = [{ ...state, heardAt: Date.parse('2026-11-19T08:30:00Z') }]
  const { releases } = findSilent([eu], silent, [attestation], new Map([['prod/eu/checkout', healthy]]), now)
  expect(releases).toEqual([
    {
      target,
      revision: 'r2',
      digest: 'd2',
      phase: 'unreachable',
      health: { status: 'Unknown', reason: expect.stringContaining('unreachable since 2026-11-19T08:30Z') },
      since: silent[0]?.heardAt,
      reason: 'unreachable since 2026-11-19T08:30Z: the agent of eu has not reported',
    },
  ])
})

it('asks an agent for everything that is heard again while its targets are still shown as lost', () => {
  const lost = {
    ...healthy,
    phase: 'unreachable',
    reason: 'unreachable since 2026-11-19T08:30Z: …',
  } as Release
  const own = { ...lost, reason: 'kubernetes list: the API server cannot be reached' }
  const ask = (release: Release) =>
    findSilent([eu], [state], [attestation], new Map([['prod/eu/checkout', release]]), now).silent
  expect(ask(lost)).toEqual([state])
  expect(ask(own)).toEqual([])
})
