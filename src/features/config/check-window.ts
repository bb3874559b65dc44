import { isKnownZone } from '../windows/zoned-time.ts'
import type { Calendars } from './calendars.ts'
import { quote } from './check-shape.ts'
import type { WindowDocument } from './schema/window-schema.ts'
import { parseDays, parseMonths } from './parse-days.ts'
import { type PlacedProblem, problemAt } from './placed-problem.ts'
import type { YamlPath } from './read-yaml.ts'

/** A window that is well shaped but cannot be meant: dates, times, zones, and files that are not there. */
export function checkWindow(window: WindowDocument, at: YamlPath, calendars: Calendars): PlacedProblem[] {
  const problems: PlacedProblem[] = []
  if ((window.allow === undefined) === (window.deny === undefined)) {
    problems.push(
      problemAt(
        at,
        'value',
        'a window is either allow or deny',
        'write allow: office hours, or deny: holidays',
      ),
    )
  }
  if (window.zone !== undefined && !isKnownZone(window.zone)) {
    const fix = 'use an IANA name such as Europe/Berlin'
    problems.push(problemAt([...at, 'zone'], 'zone', `${quote(window.zone)} is not a known time zone`, fix))
  }
  if (window.days !== undefined && parseDays(window.days) === undefined) {
    const fix = 'write mon-thu or [sat, sun]'
    problems.push(problemAt([...at, 'days'], 'value', `${quote(window.days)} is not days of the week`, fix))
  }
  const from = window.from ?? '00:00'
  const to = window.to ?? '24:00'
  if (from === to || from === '24:00') {
    const key = window.from === undefined ? 'to' : 'from'
    problems.push(
      problemAt(
        [...at, key],
        'value',
        `from ${from} to ${to} is no span`,
        'leave both out for the whole day',
      ),
    )
  }
  for (const key of ['startDate', 'endDate'] as const) {
    const date = window[key]
    if (date !== undefined && !isDate(date)) {
      problems.push(
        problemAt([...at, key], 'value', `${quote(date)} is not a day of the calendar`, 'use YYYY-MM-DD'),
      )
    }
  }
  if (window.startDate !== undefined && window.endDate !== undefined && window.endDate < window.startDate) {
    problems.push(
      problemAt([...at, 'endDate'], 'value', 'it ends before it starts', 'swap startDate and endDate'),
    )
  }
  problems.push(...checkRecurrence(window, at), ...checkCalendar(window, at, calendars))
  return problems
}

function checkRecurrence(window: WindowDocument, at: YamlPath): PlacedProblem[] {
  const problems: PlacedProblem[] = []
  if (window.months !== undefined && parseMonths(window.months) === undefined) {
    const sentence = `${quote(window.months)} is not months of the year`
    problems.push(problemAt([...at, 'months'], 'value', sentence, 'write nov-jan or [jun, dec]'))
  }
  for (const key of ['weeks', 'monthDays', 'dates'] as const) {
    const values = window[key]
    if (values?.length === 0) {
      problems.push(
        problemAt([...at, key], 'value', 'an empty list fits no day', 'name days, or remove the key'),
      )
    }
  }
  for (const key of ['weeks', 'monthDays'] as const) {
    if (!window[key]?.includes(0)) continue
    problems.push(problemAt([...at, key], 'value', '0 is no day', 'count from 1, or from -1 at the end'))
  }
  for (const [index, date] of (window.dates ?? []).entries()) {
    if (isDate(date)) continue
    const sentence = `${quote(date)} is not a day of the calendar`
    problems.push(problemAt([...at, 'dates', index], 'value', sentence, 'use YYYY-MM-DD'))
  }
  return problems
}

function checkCalendar(
  { calendar, dates }: WindowDocument,
  at: YamlPath,
  calendars: Calendars,
): PlacedProblem[] {
  if (calendar === undefined) return []
  if (dates !== undefined) {
    return [
      problemAt([...at, 'calendar'], 'conflict', 'dates and calendar are both given', 'keep one of them'),
    ]
  }
  const read = calendars.get(calendar)
  if (read === undefined) {
    const fix = 'add the file, or write its path from the root of the repository; it must end in .ics'
    return [problemAt([...at, 'calendar'], 'reference', `there is no calendar ${quote(calendar)}`, fix)]
  }
  return read.problems.map(({ message, fix }) => problemAt([...at, 'calendar'], 'calendar', message, fix))
}

function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text)
}
