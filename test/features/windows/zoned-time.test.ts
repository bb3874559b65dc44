import { describe, expect, it } from 'vitest'
import {
  formatInstant,
  formatMinute,
  isKnownZone,
  offsetOf,
  toWallTime,
} from '../../../src/features/windows/zoned-time.ts'

describe('names of zones', () => {
  it.each`
    zone                                | isKnown
    ${'UTC'}                            | ${true}
    ${'Europe/Berlin'}                  | ${true}
    ${'America/Argentina/Buenos_Aires'} | ${true}
    ${'Etc/GMT+5'}                      | ${true}
    ${'+02:00'}                         | ${false}
    ${'-05'}                            | ${false}
    ${'Europe/Atlantis'}                | ${false}
    ${'Europe/Berlin '}                 | ${false}
    ${''}                               | ${false}
  `('“$zone” is known: $isKnown', ({ zone, isKnown }) => {
    expect([isKnownZone(zone), isKnownZone(zone)]).toEqual([isKnown, isKnown])
  })

  it('are needed to read a clock', () => {
    expect(() => offsetOf(0, 'Nowhere')).toThrow(new RangeError('unknown time zone: Nowhere'))
  })
})

// Source: IANA time zone database: Berlin is at +1:00 in winter and at +2:00 in summer, Kathmandu at +5:45,
// Amsterdam was at +0:19:32 until 1937, Apia had no 30 December 2011.
describe('what the clock and the calendar on the wall show', () => {
  it.each`
    zone                  | instant                       | date            | weekday | minute
    ${'UTC'}              | ${'2026-11-23T10:07:59.999Z'} | ${'2026-11-23'} | ${1}    | ${607}
    ${'Europe/Berlin'}    | ${'2026-11-23T22:59:59.999Z'} | ${'2026-11-23'} | ${1}    | ${1439}
    ${'Europe/Berlin'}    | ${'2026-11-23T23:00Z'}        | ${'2026-11-24'} | ${2}    | ${0}
    ${'Europe/Berlin'}    | ${'2026-03-29T00:59:59.999Z'} | ${'2026-03-29'} | ${0}    | ${119}
    ${'Europe/Berlin'}    | ${'2026-03-29T01:00Z'}        | ${'2026-03-29'} | ${0}    | ${180}
    ${'Asia/Kathmandu'}   | ${'2026-06-06T18:15Z'}        | ${'2026-06-07'} | ${0}    | ${0}
    ${'Europe/Berlin'}    | ${'1969-12-31T22:59:59.500Z'} | ${'1969-12-31'} | ${3}    | ${1439}
    ${'America/New_York'} | ${'2027-01-01T04:59Z'}        | ${'2026-12-31'} | ${4}    | ${1439}
    ${'Pacific/Apia'}     | ${'2011-12-30T10:00Z'}        | ${'2011-12-31'} | ${6}    | ${0}
  `('$zone at $instant', ({ zone, instant, date, weekday, minute }) => {
    expect(toWallTime(Date.parse(instant), zone)).toEqual({ date, weekday, minute })
  })

  it.each`
    zone                  | instant                       | minutes
    ${'UTC'}              | ${'2026-11-23T10:07:59.999Z'} | ${0}
    ${'Europe/Berlin'}    | ${'2026-11-23T10:07:59.999Z'} | ${60}
    ${'Europe/Berlin'}    | ${'2026-07-01T00:00:00.001Z'} | ${120}
    ${'America/St_Johns'} | ${'2026-01-01T00:00Z'}        | ${-210}
    ${'Europe/Berlin'}    | ${'1960-01-01T00:00:00.250Z'} | ${60}
  `('$zone is $minutes minutes ahead at $instant', ({ zone, instant, minutes }) => {
    expect(offsetOf(Date.parse(instant), zone)).toBe(minutes * 60_000)
  })
})

describe('as people say it', () => {
  it.each`
    zone                     | instant                | words
    ${'Europe/Berlin'}       | ${'2026-11-23T08:05Z'} | ${'Monday 23 November 09:05 CET'}
    ${'Europe/Berlin'}       | ${'2026-07-05T08:00Z'} | ${'Sunday 5 July 10:00 CEST'}
    ${'America/New_York'}    | ${'2026-02-01T02:30Z'} | ${'Saturday 31 January 21:30 EST'}
    ${'Europe/London'}       | ${'2026-07-01T00:00Z'} | ${'Wednesday 1 July 01:00 BST'}
    ${'Australia/Sydney'}    | ${'2026-05-01T00:00Z'} | ${'Friday 1 May 10:00 AEST'}
    ${'Asia/Kolkata'}        | ${'2026-03-05T00:00Z'} | ${'Thursday 5 March 05:30 IST'}
    ${'Pacific/Auckland'}    | ${'2026-04-14T00:00Z'} | ${'Tuesday 14 April 12:00 NZST'}
    ${'Africa/Johannesburg'} | ${'2026-06-01T00:00Z'} | ${'Monday 1 June 02:00 SAST'}
    ${'UTC'}                 | ${'2026-02-28T12:00Z'} | ${'Saturday 28 February 12:00 UTC'}
    ${'Asia/Tokyo'}          | ${'2026-08-01T00:00Z'} | ${'Saturday 1 August 09:00 GMT+9'}
    ${'America/Sao_Paulo'}   | ${'2026-09-01T12:00Z'} | ${'Tuesday 1 September 09:00 GMT-3'}
    ${'UTC'}                 | ${'2026-10-01T12:00Z'} | ${'Thursday 1 October 12:00 UTC'}
    ${'UTC'}                 | ${'2026-12-01T12:00Z'} | ${'Tuesday 1 December 12:00 UTC'}
  `('$words', ({ zone, instant, words }) => {
    expect(formatInstant(Date.parse(instant), zone)).toBe(words)
  })

  it.each`
    minute  | words
    ${0}    | ${'00:00'}
    ${69}   | ${'01:09'}
    ${1439} | ${'23:59'}
  `('minute $minute is $words', ({ minute, words }) => expect(formatMinute(minute)).toBe(words))
})
