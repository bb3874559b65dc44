import { describe, expect, it } from 'vitest'
import { describeWindow, isInside, nextFlip } from '../../../src/features/windows/window-span.ts'
import { aWindow } from '../../builders.ts'

const everyDay = [0, 1, 2, 3, 4, 5, 6]

describe('a window in words', () => {
  it.each`
    window                                                | words
    ${{}}                                                 | ${'Mon–Thu 09:00–16:00'}
    ${{ days: everyDay, from: '00:00', to: '24:00' }}     | ${'all day'}
    ${{ days: everyDay, from: '00:00', to: '12:00' }}     | ${'00:00–12:00'}
    ${{ days: everyDay, from: '12:00', to: '24:00' }}     | ${'12:00–24:00'}
    ${{ days: [] }}                                       | ${'on no day 09:00–16:00'}
    ${{ days: [0, 6] }}                                   | ${'Sat, Sun 09:00–16:00'}
    ${{ days: [0, 5, 6] }}                                | ${'Fri–Sun 09:00–16:00'}
    ${{ days: [0, 1, 2] }}                                | ${'Mon, Tue, Sun 09:00–16:00'}
    ${{ days: [4, 1, 2, 5, 0] }}                          | ${'Mon, Tue, Thu, Fri, Sun 09:00–16:00'}
    ${{ days: [1, 2, 3, 5, 6, 0] }}                       | ${'Mon–Wed, Fri–Sun 09:00–16:00'}
    ${{ startDate: '2026-12-24' }}                        | ${'from 2026-12-24 Mon–Thu 09:00–16:00'}
    ${{ endDate: '2026-12-24' }}                          | ${'until 2026-12-24 Mon–Thu 09:00–16:00'}
    ${{ startDate: '2026-12-24', endDate: '2026-12-24' }} | ${'2026-12-24 Mon–Thu 09:00–16:00'}
    ${{ startDate: '2026-12-24', endDate: '2026-12-31' }} | ${'2026-12-24 to 2026-12-31 Mon–Thu 09:00–16:00'}
    ${{ dates: [] }}                                      | ${'on 0 days of its calendar Mon–Thu 09:00–16:00'}
    ${{ dates: ['2026-12-24'] }}                          | ${'on 2026-12-24 Mon–Thu 09:00–16:00'}
    ${{ dates: ['2026-12-24', '2026-12-31'] }}            | ${'on 2 days of its calendar Mon–Thu 09:00–16:00'}
    ${{ weeks: [1, 3, 5, -1, -2] }}                       | ${'Mon–Thu (first and third and fifth and last and second last of the month) 09:00–16:00'}
    ${{ weeks: [2, 4], months: [1, 12] }}                 | ${'Mon–Thu (second and fourth of the month) in Jan, Dec 09:00–16:00'}
    ${{ monthDays: [1, -1, -3, -7] }}                     | ${'Mon–Thu day 1 and last day and third last day and 7th last day of the month 09:00–16:00'}
    ${{ weeks: [1], monthDays: [31], months: [6] }}       | ${'Mon–Thu (first of the month) day 31 of the month in Jun 09:00–16:00'}
  `('$words', ({ window, words }) => {
    expect(describeWindow(aWindow(window))).toBe(`office hours, ${words} Europe/Berlin`)
  })
})

// Every part that is given must fit the day, at both of its edges.
describe('the days on which it holds', () => {
  const given = [
    [{ startDate: '2026-11-23' }, '2026-11-23', '2026-11-22'],
    [{ endDate: '2026-11-23' }, '2026-11-23', '2026-11-24'],
    [{ days: [1] }, '2026-11-23', '2026-11-24'],
    [{ dates: ['2026-11-23'] }, '2026-11-23', '2026-11-24'],
    [{ months: [11] }, '2026-11-30', '2026-12-01'],
    [{ monthDays: [15] }, '2026-11-15', '2026-11-16'],
    [{ monthDays: [-1] }, '2026-11-30', '2026-11-29'],
    [{ monthDays: [-30] }, '2026-11-01', '2026-12-01'],
    [{ monthDays: [-1] }, '2028-02-29', '2028-02-28'],
    [{ weeks: [1] }, '2026-11-07', '2026-11-08'],
    [{ weeks: [2] }, '2026-11-08', '2026-11-07'],
    [{ weeks: [5] }, '2026-11-29', '2026-11-28'],
    [{ weeks: [-1] }, '2026-11-24', '2026-11-23'],
    [{ weeks: [-2] }, '2026-11-23', '2026-11-24'],
    [{ weeks: [1], monthDays: [3] }, '2026-11-03', '2026-11-04'],
    [{ weeks: [1], monthDays: [3], months: [11] }, '2026-11-03', '2026-12-03'],
    [{ monthDays: [3, 10], weeks: [1] }, '2026-11-03', '2026-11-10'],
  ] as const
  it.each(given)('%o: %s, not %s', (parts, inside, outside) => {
    const window = aWindow({ zone: 'UTC', days: everyDay, ...structuredClone(parts) } as object)
    expect(isInside(window, Date.parse(`${inside}T10:00Z`))).toBe(true)
    expect(isInside(window, Date.parse(`${outside}T10:00Z`))).toBe(false)
  })
})

describe('the hours of a window over midnight', () => {
  const night = aWindow({ zone: 'UTC', days: [5], from: '22:00', to: '02:00' })
  it.each`
    instant                       | answer
    ${'2026-11-20T21:59:59.999Z'} | ${false}
    ${'2026-11-20T22:00Z'}        | ${true}
    ${'2026-11-21T01:59:59.999Z'} | ${true}
    ${'2026-11-21T02:00Z'}        | ${false}
    ${'2026-11-20T01:00Z'}        | ${false}
    ${'2026-11-21T22:00Z'}        | ${false}
  `('$instant: $answer', ({ instant, answer }) => {
    expect(isInside(night, Date.parse(instant))).toBe(answer)
  })

  it.each`
    days   | instant                | answer
    ${[6]} | ${'2026-11-22T01:00Z'} | ${true}
    ${[0]} | ${'2026-11-23T01:00Z'} | ${true}
    ${[0]} | ${'2026-11-22T01:00Z'} | ${false}
  `('of $days at $instant: $answer', ({ days, instant, answer }) => {
    expect(isInside({ ...night, days }, Date.parse(instant))).toBe(answer)
  })

  it('ends with the first hours after its last day', () => {
    const days = { startDate: '2026-11-20', endDate: '2026-11-21' }
    const last = { ...night, days: everyDay, ...days }
    expect(
      ['2026-11-20T01:00Z', '2026-11-21T01:00Z', '2026-11-22T01:00Z', '2026-11-23T01:00Z'].map((at) =>
        isInside(last, Date.parse(at)),
      ),
    ).toEqual([false, true, true, false])
  })

  it('that begins and ends at one time holds from then to then', () => {
    const round = aWindow({ zone: 'UTC', days: [5], from: '09:00', to: '09:00' })
    expect(
      ['2026-11-20T08:59Z', '2026-11-20T09:00Z', '2026-11-21T08:59Z', '2026-11-21T09:00Z'].map((at) =>
        isInside(round, Date.parse(at)),
      ),
    ).toEqual([false, true, true, false])
  })
})

it('knows nothing of a zone that nobody knows', () => {
  const window = aWindow({ zone: 'Nowhere' })
  expect([isInside(window, 0), nextFlip(window, 0)]).toEqual([undefined, undefined])
})

// The clocks of Berlin are changed on 29 March at 01:00Z and on 25 October at 01:00Z of 2026; those of Lord Howe by half an hour.
describe('the next change', () => {
  it.each`
    case                                      | window                                                                                               | after                         | flip
    ${'is after the moment, not at it'}       | ${{ zone: 'UTC' }}                                                                                   | ${'2026-11-23T09:00Z'}        | ${'2026-11-23T16:00Z'}
    ${'is the first of several'}              | ${{ zone: 'UTC', days: everyDay }}                                                                   | ${'2026-11-23T08:59:59.999Z'} | ${'2026-11-23T09:00Z'}
    ${'may be two weeks away'}                | ${{ zone: 'UTC', days: [1], dates: ['2026-12-07'] }}                                                 | ${'2026-11-23T00:00Z'}        | ${'2026-12-07T09:00Z'}
    ${'may be far away'}                      | ${{ zone: 'UTC', startDate: '2031-01-01' }}                                                          | ${'2026-11-23T00:00Z'}        | ${'2031-01-01T09:00Z'}
    ${'is the sooner date, however written'}  | ${{ zone: 'UTC', days: everyDay, dates: ['2031-05-01', '2029-05-01', '2030-05-01'] }}                | ${'2026-11-23T00:00Z'}        | ${'2029-05-01T09:00Z'}
    ${'skips dates that its days leave out'}  | ${{ zone: 'UTC', days: [2], dates: ['2029-05-02', '2030-05-02', '2029-05-01'] }}                     | ${'2026-11-23T00:00Z'}        | ${'2029-05-01T09:00Z'}
    ${'is not where whole days touch'}        | ${{ zone: 'UTC', days: [1, 2], from: '00:00', to: '24:00' }}                                         | ${'2026-11-23T12:00Z'}        | ${'2026-11-25T00:00Z'}
    ${'never comes'}                          | ${{ zone: 'UTC', days: everyDay, from: '00:00', to: '24:00' }}                                       | ${'2026-11-23T12:00Z'}        | ${undefined}
    ${'a month of all days ends'}             | ${{ zone: 'UTC', days: everyDay, from: '00:00', to: '24:00', months: [11, 12] }}                     | ${'2026-11-01T12:00Z'}        | ${'2027-01-01T00:00Z'}
    ${'far ahead of UTC'}                     | ${{ zone: 'Pacific/Kiritimati', days: [1] }}                                                         | ${'2026-11-22T18:59:59.999Z'} | ${'2026-11-22T19:00Z'}
    ${'far behind UTC'}                       | ${{ zone: 'Pacific/Pago_Pago', days: [1] }}                                                          | ${'2026-11-24T02:59Z'}        | ${'2026-11-24T03:00Z'}
    ${'the skipped hour cuts the start off'}  | ${{ days: everyDay, from: '02:30', to: '04:00' }}                                                    | ${'2026-03-29T00:59:59.999Z'} | ${'2026-03-29T01:00Z'}
    ${'the skipped hour cuts the end off'}    | ${{ days: everyDay, from: '01:00', to: '02:30' }}                                                    | ${'2026-03-29T00:30Z'}        | ${'2026-03-29T01:00Z'}
    ${'the hour that comes twice, out again'} | ${{ days: everyDay, from: '01:00', to: '02:30' }}                                                    | ${'2026-10-25T00:30Z'}        | ${'2026-10-25T01:00Z'}
    ${'half an hour is skipped'}              | ${{ zone: 'Australia/Lord_Howe', days: everyDay, from: '02:15', to: '04:00' }}                       | ${'2026-10-03T14:00Z'}        | ${'2026-10-03T15:30Z'}
    ${'a day that never was'}                 | ${{ zone: 'Pacific/Apia', days: [5], from: '00:00', to: '24:00' }}                                   | ${'2011-12-29T12:00Z'}        | ${'2012-01-05T10:00Z'}
    ${'an edge that the change comes after'}  | ${{ zone: 'America/New_York', days: [6, 0], from: '00:30', to: '12:00' }}                            | ${'2026-03-07T20:00Z'}        | ${'2026-03-08T05:30Z'}
    ${'the same, ahead of UTC'}               | ${{ zone: 'Australia/Lord_Howe', days: [6, 0], from: '00:30', to: '12:00' }}                         | ${'2026-10-03T02:00Z'}        | ${'2026-10-03T14:00Z'}
    ${'a skipped start on the only day'}      | ${{ zone: 'Australia/Lord_Howe', days: [0], from: '02:15', to: '04:00' }}                            | ${'2026-10-03T14:00Z'}        | ${'2026-10-03T15:30Z'}
    ${'the end of a single day, behind UTC'}  | ${{ zone: 'Pacific/Pago_Pago', days: everyDay, dates: ['2026-11-23'], to: '23:00' }}                 | ${'2026-11-24T00:00Z'}        | ${'2026-11-24T10:00Z'}
    ${'the end after midnight, ahead of UTC'} | ${{ zone: 'Pacific/Kiritimati', days: everyDay, dates: ['2026-11-23'], from: '22:00', to: '02:00' }} | ${'2026-11-23T09:00Z'}        | ${'2026-11-23T12:00Z'}
    ${'29 February, eight years on'}          | ${{ zone: 'UTC', days: everyDay, months: [2], monthDays: [29] }}                                     | ${'2096-03-01T00:00Z'}        | ${'2104-02-29T09:00Z'}
    ${'a fifth Sunday in a February'}         | ${{ zone: 'UTC', days: [0], months: [2], weeks: [5] }}                                               | ${'2026-11-23T00:00Z'}        | ${'2032-02-29T09:00Z'}
    ${'the last day of a rule’s last month'}  | ${{ zone: 'UTC', days: everyDay, from: '00:00', to: '24:00', endDate: '2027-03-31' }}                | ${'2026-11-23T00:00Z'}        | ${'2027-04-01T00:00Z'}
  `('$case', ({ window, after, flip }) => {
    const found = nextFlip(aWindow(window), Date.parse(after))
    expect(found === undefined ? undefined : new Date(found)).toEqual(flip && new Date(flip))
  })
})
