import { describe, expect, it } from 'vitest'
import type { Health } from '../../../src/domain/health.ts'
import type { Release } from '../../../src/domain/release.ts'
import { judgeTarget, type TargetFacts } from '../../../src/features/health/judge-target.ts'
import { aRelease } from '../../builders.ts'

const now = Date.parse('2026-11-20T16:30:00Z')
const minute = 60_000
const good: Health = { status: 'Healthy', reason: '' }
const busy: Health = { status: 'Progressing', reason: 'Deployment shop/cart: 1 of 2 pods are ready' }
const bad: Health = { status: 'Degraded', reason: 'Job shop/migrate: failed' }

const judge = (facts: Partial<TargetFacts>, before?: Partial<Release>) =>
  judgeTarget(
    { digest: 'd1', parts: [good], notes: [], ...facts },
    before && aRelease({ digest: 'd1', ...before }),
    now,
  )
const seen = (phase: Release['phase'], changes: Partial<Release> = {}): Partial<Release> => ({
  phase,
  since: now - minute,
  appliedAt: now - minute,
  ...changes,
})

/*
 * parts        before the look                          → phase
 * healthy      not seen, or another digest              → healthy
 * healthy      applied, was not healthy                 → progressing, until it has been healthy for the stable time
 * healthy      healthy                                  → healthy
 * progressing  progressing for less than the deadline   → progressing
 * progressing  progressing for the deadline             → degraded, and stays so
 * degraded     whatever                                 → degraded
 */
describe('judging a target', () => {
  it.each`
    case                                | parts                                     | before                                                   | phase
    ${'healthy at first sight'}         | ${[good]}                                 | ${undefined}                                             | ${'healthy'}
    ${'healthy, of another digest'}     | ${[good]}                                 | ${seen('progressing', { digest: 'd0' })}                 | ${'healthy'}
    ${'healthy again just now'}         | ${[good]}                                 | ${seen('progressing', { steadySince: undefined })}       | ${'progressing'}
    ${'healthy for less than 3 s'}      | ${[good]}                                 | ${seen('progressing', { steadySince: now - 2_999 })}     | ${'progressing'}
    ${'healthy for 3 s'}                | ${[good]}                                 | ${seen('progressing', { steadySince: now - 3_000 })}     | ${'healthy'}
    ${'healthy after a failure'}        | ${[good]}                                 | ${seen('degraded', { steadySince: undefined })}          | ${'progressing'}
    ${'healthy as before'}              | ${[good]}                                 | ${seen('healthy')}                                       | ${'healthy'}
    ${'healthy, reached again'}         | ${[good]}                                 | ${seen('unreachable')}                                   | ${'healthy'}
    ${'suspended on purpose'}           | ${[{ status: 'Suspended', reason: 'x' }]} | ${undefined}                                             | ${'healthy'}
    ${'one is busy'}                    | ${[good, busy]}                           | ${seen('healthy')}                                       | ${'progressing'}
    ${'busy, just before its deadline'} | ${[busy]}                                 | ${seen('progressing', { since: now - 15 * minute + 1 })} | ${'progressing'}
    ${'busy, at its deadline'}          | ${[busy]}                                 | ${seen('progressing', { since: now - 15 * minute })}     | ${'degraded'}
    ${'busy, its deadline over'}        | ${[busy]}                                 | ${seen('degraded', { health: busy })}                    | ${'degraded'}
    ${'busy after a failure'}           | ${[busy]}                                 | ${seen('degraded', { health: bad })}                     | ${'progressing'}
    ${'one failed'}                     | ${[busy, bad]}                            | ${seen('healthy')}                                       | ${'degraded'}
  `('$case → $phase', ({ parts, before, phase }) => {
    expect(judge({ parts }, before).phase).toBe(phase)
  })

  it('says when to look again, and since when everything is healthy', () => {
    expect(judge({ stableMs: 10_000 }, seen('progressing', { steadySince: now - 4_000 }))).toMatchObject({
      reason: 'is healthy, and looked at for 10 s whether it stays so',
      steadySince: now - 4_000,
      changesAt: now + 6_000,
    })
  })

  it('counts anew after a break', () => {
    expect(
      judge({ parts: [busy] }, seen('progressing', { steadySince: now - 2_000 })).steadySince,
    ).toBeUndefined()
  })

  it('names every object that is as bad as the worst, the first five', () => {
    const failed = Array.from({ length: 7 }, (_, index): Health => ({
      status: 'Degraded',
      reason: `Job ${index}`,
    }))
    expect(judge({ parts: [busy, ...failed] }).reason).toBe('Job 0; Job 1; Job 2; Job 3; Job 4; and 2 more')
  })

  it('puts what could not be applied first, then what is waited for', () => {
    expect(judge({ applied: { problems: ['denied'], waiting: ['later'] } })).toMatchObject({
      phase: 'degraded',
      reason: 'denied',
    })
    expect(judge({ applied: { problems: [], waiting: ['later'] } })).toMatchObject({
      phase: 'applying',
      reason: 'later',
    })
  })

  it('hides secrets in what controllers say', () => {
    const reason =
      'ExternalSecret shop/db: Ready is False: dial postgres://app:hunter2@db: token=s3cr3t refused'
    const told = judge({ parts: [{ status: 'Degraded', reason }] }).reason
    expect(told).toBe(
      'ExternalSecret shop/db: Ready is False: dial postgres://app:(hidden)@db: token=(hidden) refused',
    )
  })

  it('tells notes once, also where all is well', () => {
    expect(judge({ notes: ['not deleted: x', 'not deleted: x'] }).reason).toBe('not deleted: x')
  })
})
