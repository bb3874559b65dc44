import ICAL from 'ical.js'
import type { Problem } from '../../domain/problem.ts'

/** Days of one calendar, and of one event that recurs: more is a mistake, or meant to be slow. */
const mostDays = 5_000
/** A recurrence without an end is followed this far from its first day. */
const mostYears = 50

/**
 * The days of an iCalendar file (RFC 5545), as sorted ISO dates: all days of every event that lasts whole days, recurrences
 * and exceptions followed, cancelled events left out. Events with a time of day are problems: a holiday has none.
 */
export function parseCalendar(text: string, path: string): { dates: string[]; problems: Problem[] } {
  const problem = (message: string, fix: string): Problem => ({
    code: 'calendar-invalid',
    path,
    line: 0,
    message,
    fix,
  })
  let events: ICAL.Event[]
  try {
    const component = new ICAL.Component(ICAL.parse(text) as unknown[])
    events = component.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event))
  } catch (error) {
    const reason = wordsOf(error, 'nothing in it is one')
    const fix = 'export it again as an .ics file, or write the days under dates'
    return { dates: [], problems: [problem(`not an iCalendar file: ${reason}`, fix)] }
  }
  const dates = new Set<string>()
  const problems: Problem[] = []
  for (const event of events) {
    if (String(event.component.getFirstPropertyValue('status')).toUpperCase() === 'CANCELLED') continue
    const name = JSON.stringify(String(event.summary ?? event.uid ?? 'an event').slice(0, 60))
    const days = daysOf(event)
    if ('fault' in days) {
      problems.push(problem(`${name} ${days.fault}`, 'make it an all-day event, or remove it'))
      continue
    }
    for (const day of days) dates.add(day)
    if (dates.size > mostDays) {
      const fix = 'keep the years that matter'
      return { dates: [], problems: [problem(`the calendar has more than ${mostDays} days`, fix)] }
    }
  }
  if (events.length === 0) {
    problems.push(problem('the calendar has no events', 'export it again, or remove it from the window'))
  }
  return { dates: [...dates].toSorted(), problems }
}

/** Every day of every occurrence, or what is wrong with the event: its values are read only here. */
function daysOf(event: ICAL.Event): string[] | { fault: string } {
  try {
    return event.startDate?.isDate
      ? wholeDaysOf(event)
      : { fault: 'has no whole days: its DTSTART is not a date' }
  } catch (error) {
    return { fault: `has days that cannot be read: ${wordsOf(error, 'a value is not what it should be')}` }
  }
}

/** What the library says in words, `otherwise` where it stumbles. */
function wordsOf(error: unknown, otherwise: string): string {
  return error instanceof TypeError ? otherwise : (error as Error).message.slice(0, 100)
}

/** Source: RFC 5545, 3.6.1: DTEND is the day after the last; without it the event lasts one day. */
function wholeDaysOf(event: ICAL.Event): string[] {
  const length = Math.max(1, Math.round(event.duration.toSeconds() / 86_400))
  return startsOf(event).flatMap((start) =>
    Array.from({ length: Math.min(length, mostDays + 1) }, (_, index) => {
      const day = start.clone()
      day.adjust(index, 0, 0, 0)
      return day.toString()
    }),
  )
}

function startsOf(event: ICAL.Event): ICAL.Time[] {
  const starts: ICAL.Time[] = []
  const iterator = event.iterator()
  for (let next = iterator.next(); next && starts.length <= mostDays; next = iterator.next()) {
    if (next.year > event.startDate.year + mostYears) break
    starts.push(next)
  }
  return starts
}
