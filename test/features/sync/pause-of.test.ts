import { describe, expect, it } from 'vitest'
import type { Pause } from '../../../src/domain/release.ts'
import { describePause, pauseOf } from '../../../src/features/sync/pause-of.ts'

const now = Date.parse('2026-11-23T09:30Z')
const target = { application: 'checkout', environment: 'prod', cluster: 'eu' }
const aPause = (more: Partial<Pause> = {}): Pause => ({
  environment: 'prod',
  application: '*',
  reason: 'moving the database',
  by: 'ada',
  at: now - 1_800_000,
  ...more,
})

/*
 * | environment | application | until   | pauses checkout in prod |
 * | the same    | all         | none    | yes                     |
 * | the same    | the same    | later   | yes                     |
 * | the same    | another     | none    | no                      |
 * | another     | all         | none    | no                      |
 * | the same    | all         | now     | no                      |
 */
describe('pauseOf', () => {
  it.each`
    pause                                                  | holds
    ${aPause()}                                            | ${true}
    ${aPause({ application: 'checkout', until: now + 1 })} | ${true}
    ${aPause({ application: 'search' })}                   | ${false}
    ${aPause({ environment: 'staging' })}                  | ${false}
    ${aPause({ until: now })}                              | ${false}
  `('$pause.environment $pause.application until $pause.until → $holds', ({ pause, holds }) => {
    expect(pauseOf([pause], target, now)).toBe(holds ? pause : undefined)
  })

  it('names the pause of the application before that of everything', () => {
    const own = aPause({ application: 'checkout' })
    expect(pauseOf([aPause(), own], target, now)).toBe(own)
  })

  it('is told with who, since when, until when and why', () => {
    expect(describePause(aPause({ until: now }))).toBe(
      'paused by ada since 2026-11-23T09:00Z until 2026-11-23T09:30Z: moving the database',
    )
    expect(describePause(aPause())).toBe('paused by ada since 2026-11-23T09:00Z: moving the database')
  })
})
