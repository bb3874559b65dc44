import { expect, it } from 'vitest'
import { inWallTime } from '../../../src/features/agents/in-wall-time.ts'
import { aRelease } from '../../builders.ts'

const since = Date.parse('2026-11-20T16:30:00Z')
const hour = 3_600_000

it.each`
  case                              | wallMs         | told
  ${'nobody set the clock'}         | ${0}           | ${since}
  ${'less than readings differ by'} | ${999}         | ${since}
  ${'set forward after the start'}  | ${2 * hour}    | ${since + 2 * hour}
  ${'set back after the start'}     | ${-2 * hour}   | ${since - 2 * hour}
  ${'it was 1970 when we began'}    | ${since + 0.4} | ${2 * since}
`('$case: told as $told', ({ wallMs, told }) => {
  const times = { since, appliedAt: since, healthyAt: since, steadySince: since }
  const release = aRelease({ ...times, phase: 'healthy' })
  expect(inWallTime(release, wallMs)).toEqual({
    ...release,
    since: told,
    appliedAt: told,
    healthyAt: told,
    steadySince: told,
  })
})

it('adds no time that the release does not have', () => {
  const release = aRelease({ phase: 'pending', since })
  expect(Object.keys(inWallTime(release, hour)).toSorted()).toEqual(Object.keys(release).toSorted())
})
