import { describe, expect, it } from 'vitest'
import type { DriftReport } from '../../../src/domain/release.ts'
import { fightsOf, type FoundDrift, reportDrift } from '../../../src/features/drift/report-drift.ts'

const now = Date.parse('2026-11-20T16:30:00Z')
const minute = 60_000

const found = (object: string, changes: Partial<FoundDrift> = {}): FoundDrift => ({
  object,
  fields: ['data.key'],
  manager: 'rival',
  isHealed: true,
  isReportOnly: false,
  ...changes,
})
const report = (object: string, count: number, changes: Partial<DriftReport> = {}): DriftReport => ({
  at: now - minute,
  object,
  fields: ['data.key'],
  manager: 'rival',
  healed: true,
  count,
  ...changes,
})
const told = (drift: DriftReport | undefined) =>
  drift && [drift, ...(drift.others ?? [])].map(({ object, count, healed }) => [object, count, healed])

describe('the report of drift', () => {
  it('is none where nothing was found', () => {
    expect(reportDrift(report('a', 2), [], now)).toBeUndefined()
  })

  it.each`
    case                                 | last                                         | finds                                | expected
    ${'several objects at once'}         | ${undefined}                                 | ${[found('a'), found('b')]}          | ${[['a', 1, true], ['b', 1, true]]}
    ${'what is fought over comes first'} | ${report('b', 3)}                            | ${[found('a'), found('b')]}          | ${[['b', 4, true], ['a', 1, true]]}
    ${'keeps the count of the others'}   | ${report('b', 3)}                            | ${[found('a')]}                      | ${[['b', 3, true], ['a', 1, true]]}
    ${'forgets what has been calm'}      | ${report('b', 3, { at: now - 16 * minute })} | ${[found('a')]}                      | ${[['a', 1, true]]}
    ${'held back: as of the last heal'}  | ${report('a', 3)}                            | ${[found('a', { isHealed: false })]} | ${[['a', 3, false]]}
    ${'could not be healed'}             | ${undefined}                                 | ${[found('a', { isHealed: false })]} | ${[['a', 0, false]]}
  `('$case', ({ last, finds, expected }) => {
    expect(told(reportDrift(last, finds, now))).toEqual(expected)
  })

  it('stays as it is while drift is only reported, so that nothing new is said at every look', () => {
    const only = found('a', { isHealed: false, isReportOnly: true })
    const first = reportDrift(undefined, [only], now)
    expect(first).toMatchObject({ healed: false, count: 0, isReportOnly: true })
    expect(reportDrift(first, [only], now + 24 * 60 * minute)).toEqual(first)
  })

  it('names twenty objects and counts the others', () => {
    const many = Array.from({ length: 25 }, (_, index) => found(`ConfigMap shop/${index}`))
    const drift = reportDrift(undefined, many, now)
    expect([drift?.others?.length, drift?.more]).toEqual([19, 5])
  })

  it('calls it a fight from the third time on', () => {
    const drift = reportDrift(report('a', 2, { others: [report('b', 1)] }), [found('a'), found('b')], now)
    expect(fightsOf(drift).map(({ object }) => object)).toEqual(['a'])
  })
})
