import { describe, expect, it } from 'vitest'
import { parseCalendar } from '../../../src/features/windows/parse-calendar.ts'

function calendar(...events: string[]): string {
  const lines = events.flatMap((event, index) => [
    'BEGIN:VEVENT',
    `UID:${index}`,
    ...event.split('|'),
    'END:VEVENT',
  ])
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test', ...lines, 'END:VCALENDAR', ''].join('\r\n')
}

// Source: RFC 5545, 3.6.1 (events), 3.8.2.2 (DTEND is the day after the last), 3.8.5 (recurrences and exceptions)
describe('the days of a calendar', () => {
  it.each`
    case                                 | event                                                                                 | days
    ${'one day'}                         | ${'DTSTART;VALUE=DATE:20261225'}                                                      | ${['2026-12-25']}
    ${'an end is the day after'}         | ${'DTSTART;VALUE=DATE:20261224|DTEND;VALUE=DATE:20261227'}                            | ${['2026-12-24', '2026-12-25', '2026-12-26']}
    ${'a duration'}                      | ${'DTSTART;VALUE=DATE:20261231|DURATION:P2D'}                                         | ${['2026-12-31', '2027-01-01']}
    ${'a leap day inside'}               | ${'DTSTART;VALUE=DATE:20280228|DURATION:P3D'}                                         | ${['2028-02-28', '2028-02-29', '2028-03-01']}
    ${'every year, three times'}         | ${'DTSTART;VALUE=DATE:20261003|RRULE:FREQ=YEARLY;COUNT=3'}                            | ${['2026-10-03', '2027-10-03', '2028-10-03']}
    ${'every year until'}                | ${'DTSTART;VALUE=DATE:20261003|RRULE:FREQ=YEARLY;UNTIL=20271003'}                     | ${['2026-10-03', '2027-10-03']}
    ${'but not then'}                    | ${'DTSTART;VALUE=DATE:20261003|RRULE:FREQ=YEARLY;COUNT=3|EXDATE;VALUE=DATE:20271003'} | ${['2026-10-03', '2028-10-03']}
    ${'the fourth Thursday of November'} | ${'DTSTART;VALUE=DATE:20261126|RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2'}       | ${['2026-11-26', '2027-11-25']}
    ${'cancelled'}                       | ${'DTSTART;VALUE=DATE:20261225|STATUS:CANCELLED'}                                     | ${[]}
    ${'a folded line'}                   | ${'DTSTART;VALUE=DA\r\n TE:20261225'}                                                 | ${['2026-12-25']}
  `('$case', ({ event, days }) => {
    expect(parseCalendar(calendar(event), 'de.ics')).toEqual({ dates: days, problems: [] })
  })

  it('sorts, and tells a day once', () => {
    const text = calendar(
      'DTSTART;VALUE=DATE:20261226',
      'DTSTART;VALUE=DATE:20261225',
      'DTSTART;VALUE=DATE:20261226',
    )
    expect(parseCalendar(text, 'de.ics').dates).toEqual(['2026-12-25', '2026-12-26'])
  })

  it('follows a recurrence without an end for fifty years', () => {
    const { dates } = parseCalendar(calendar('DTSTART;VALUE=DATE:20260101|RRULE:FREQ=YEARLY'), 'de.ics')
    expect([dates.length, dates.at(-1)]).toEqual([51, '2076-01-01'])
  })

  it.each`
    case                  | text                                                                 | message
    ${'no calendar'}      | ${'nonsense'}                                                        | ${/^not an iCalendar file: /}
    ${'nothing'}          | ${''}                                                                | ${/^not an iCalendar file: nothing in it is one$/}
    ${'no events'}        | ${calendar()}                                                        | ${/has no events/}
    ${'a time of day'}    | ${calendar('SUMMARY:stand-up|DTSTART:20261225T100000Z')}             | ${/^"stand-up" has no whole days/}
    ${'no start'}         | ${calendar('SUMMARY:never')}                                         | ${/^"never" has no whole days/}
    ${'days without end'} | ${calendar('DTSTART;VALUE=DATE:20260101|RRULE:FREQ=DAILY')}          | ${/more than 5000 days/}
    ${'one that is long'} | ${calendar('DTSTART;VALUE=DATE:20260101|DTEND;VALUE=DATE:20991231')} | ${/more than 5000 days|whole days/}
  `('$case is a problem', ({ text, message }) => {
    const { problems } = parseCalendar(text, 'de.ics')
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringMatching(message)])
    expect(problems[0]?.path).toBe('de.ics')
  })
})
