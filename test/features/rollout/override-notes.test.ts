import { describe, expect, it } from 'vitest'
import { noon } from '../../builders.ts'
import type { Attestation } from '../../../src/domain/release.ts'
import type { Verdict } from '../../../src/domain/verdict.ts'
import { overrideNotes } from '../../../src/features/rollout/override-notes.ts'

const verdict = (more: Partial<Verdict> = {}): Verdict => ({
  gate: 'approvals',
  outcome: 'pass',
  reason: 'enough',
  details: [],
  ...more,
})
const overridden = verdict({
  reason: 'overridden by @ada and @bob (the shop is down)',
  overriddenBy: ['ada', 'bob'],
})

function released(cluster: string, number: number, verdicts: Verdict[]): Attestation {
  return {
    target: { application: 'checkout', environment: 'prod', cluster },
    revision: 'a'.repeat(40),
    digest: 'b'.repeat(40),
    source: 'apps/checkout',
    pull: { number, title: 't', author: { id: '1', login: 'ada', isBot: false }, approvedBy: [] },
    kind: 'change',
    verdicts,
    images: {},
    at: noon,
  }
}

describe('overrideNotes', () => {
  it('says once what was overridden, whatever the number of clusters', () => {
    const attestations = [released('eu', 7, [overridden]), released('us', 7, [overridden, verdict()])]
    expect(overrideNotes(7, attestations)).toEqual([
      'released past the gate approvals: overridden by @ada and @bob (the shop is down)',
    ])
  })

  it('says nothing of other pull requests and of gates that opened by themselves', () => {
    expect(overrideNotes(7, [released('eu', 8, [overridden]), released('us', 7, [verdict()])])).toEqual([])
  })
})
