import { describe, expect, it } from 'vitest'
import type { Attestation, Release } from '../../../src/domain/release.ts'
import { believeReport } from '../../../src/features/agents/believe-report.ts'
import { parseReport } from '../../../src/features/agents/parse-report.ts'

const target = { application: 'checkout', environment: 'prod', cluster: 'eu' }
const now = 1_000_000
const attestation: Attestation = {
  target,
  revision: 'r2',
  digest: 'd2',
  source: 'apps/checkout',
  pull: { number: 7, title: '', author: { id: '1', login: 'ada', isBot: false }, approvedBy: [] },
  kind: 'change',
  verdicts: [],
  images: {},
  at: 500_000,
}
const release: Release = {
  target,
  revision: 'r2',
  digest: 'd2',
  phase: 'healthy',
  health: { status: 'Healthy', reason: '' },
  since: 600_000,
  appliedAt: 600_000,
  healthyAt: 600_000,
  reason: '',
}
const believe = (different: Partial<Release>) =>
  believeReport(
    { environment: 'prod', cluster: 'eu' },
    { releases: [{ ...release, ...different }] },
    [attestation, { ...attestation, target: { ...target, cluster: 'us' } }],
    now,
  )

describe('an agent’s word', () => {
  it('counts for what is attested on its own cluster', () => {
    expect(believe({})).toEqual([{ ...release, pull: 7 }])
  })

  it.each([
    ['another cluster', { ...target, cluster: 'us' }],
    ['another environment', { ...target, environment: 'dev' }],
    ['an application that nothing attests', { ...target, application: 'other' }],
  ])('does not count for %s', (_, elsewhere) => {
    expect(believe({ target: elsewhere })).toEqual([])
  })

  it('makes nothing healthy before it was attested, so that no soak is shortened', () => {
    expect(believe({ healthyAt: 5, appliedAt: 5, since: 5 })[0]).toMatchObject({
      healthyAt: 500_000,
      appliedAt: 500_000,
      since: 500_000,
    })
  })

  it('makes nothing happen in the future', () => {
    expect(believe({ healthyAt: now * 2, since: now * 2 })[0]).toMatchObject({ healthyAt: now, since: now })
  })

  it('on a release before the one that is attested is of no pull request', () => {
    expect(believe({ digest: 'd1', pull: 99 })[0]).not.toHaveProperty('pull')
  })
})

function reportOf(...releases: unknown[]): string {
  return JSON.stringify({ kind: 'delta', epoch: 1, sequence: 1, identity: 'uid', releases })
}

describe('a report', () => {
  it('is read back as it was sent', () => {
    const drift = {
      at: 1,
      object: 'Deployment shop/checkout',
      fields: ['spec.replicas'],
      healed: true,
      count: 2,
      others: [
        { at: 1, object: 'ConfigMap shop/a', fields: [], healed: false, count: 0, isReportOnly: true },
      ],
      more: 3,
    }
    expect(parseReport(reportOf({ ...release, drift }))?.releases).toEqual([{ ...release, drift }])
  })

  it('says who paused it, and nothing where that is no pause', () => {
    const pause = { environment: 'prod', application: '*', reason: 'a migration', by: 'ada', at: 1, until: 2 }
    const pausesOf = (value: unknown) =>
      parseReport(reportOf({ ...release, pause: value }))?.releases.map((one) => one.pause)
    expect(pausesOf(pause)).toEqual([pause])
    expect(pausesOf({ ...pause, by: 7 })).toEqual([undefined])
  })

  it('has its texts cut and unknown fields left out', () => {
    const [read] =
      parseReport(reportOf({ ...release, reason: 'x'.repeat(9_000), evil: true }))?.releases ?? []
    expect(read?.reason).toHaveLength(2_000)
    expect(read).not.toHaveProperty('evil')
  })

  it.each([
    ['a phase that there is not', { phase: 'perfect' }],
    ['a health that there is not', { health: { status: 'Great' } }],
    ['a time that is none', { since: 'now' }],
    ['a target that is none', { target: 'checkout' }],
    ['a drift that is none', { drift: [] }],
  ])('with %s is none', (_, different) => {
    expect(parseReport(reportOf({ ...release, ...different }))).toBeUndefined()
  })

  it.each([
    '{}',
    '{"kind":"delta"}',
    '{"kind":"delta","epoch":-1,"sequence":1,"identity":"u","releases":[]}',
  ])('is not %s', (text) => expect(parseReport(text)).toBeUndefined())
})
