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
    case                      | event                                                        | count
    ${'as many as there may'} | ${'DTSTART;VALUE=DATE:20260101|RRULE:FREQ=DAILY;COUNT=5000'} | ${5000}
  `('$case are $count', ({ event, count }) => {
    const { dates, problems } = parseCalendar(calendar(event), 'de.ics')
    expect([dates.length, problems]).toEqual([count, []])
  })

  it('leaves out what is no event', () => {
    const zone = 'BEGIN:VTIMEZONE\r\nTZID:Nowhere\r\nDTSTART;VALUE=DATE:20260101\r\nEND:VTIMEZONE'
    const text = calendar('DTSTART;VALUE=DATE:20261225').replace(
      'PRODID:-//test',
      `PRODID:-//test\r\n${zone}`,
    )
    expect(parseCalendar(text, 'de.ics')).toEqual({ dates: ['2026-12-25'], problems: [] })
  })

  it.each([
    ['no calendar', 'nonsense'.repeat(30)],
    ['nothing', ''],
    ['no events', calendar()],
    ['a time of day', calendar('SUMMARY:stand-up|DTSTART:20261225T100000Z', 'DTSTART;VALUE=DATE:20261225')],
    ['no start', calendar(`SUMMARY:${'never '.repeat(20)}`)],
    ['no name', calendar('DTSTART:20261225T100000Z').replace('UID:0\r\n', '')],
    ['every second of a day', calendar('DTSTART;VALUE=DATE:20260101|RRULE:FREQ=SECONDLY')],
    ['a rule that is none', calendar('DTSTART;VALUE=DATE:20260101|RRULE:nonsense')],
    ['a start that is no date', calendar('DTSTART;VALUE=DATE:2026')],
    ['an end that is no date', calendar('DTSTART;VALUE=DATE:20260101|DTEND;VALUE=DATE:soon')],
    [
      'an exception that is no date',
      calendar('DTSTART;VALUE=DATE:20260101|RRULE:FREQ=DAILY;COUNT=2|EXDATE;VALUE=DATE:soon'),
    ],
    ['a duration that is none', calendar(`DTSTART;VALUE=DATE:20260101|DURATION:P${'X'.repeat(200)}`)],
    ['days without end', calendar('DTSTART;VALUE=DATE:20260101|RRULE:FREQ=DAILY')],
    ['one day too many', calendar('DTSTART;VALUE=DATE:20260101|RRULE:FREQ=DAILY;COUNT=5001')],
    ['one that is long', calendar('DTSTART;VALUE=DATE:20260101|DTEND;VALUE=DATE:20991231')],
  ])('%s is a problem', (_, text) => {
    expect(parseCalendar(text, 'de.ics')).toMatchSnapshot()
  })
})
