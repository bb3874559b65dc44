import type { Window } from '../../domain/configuration.ts'
import type { Instant } from '../../domain/refs.ts'
import { isKnownZone, months, offsetOf, toWallTime, weekdays } from './zoned-time.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

/**
 * Whether a clock on the wall of the window's zone shows a time inside it. `from` is inside, `to` is not.
 * Read literally at both edges of daylight saving time: an hour that is skipped is never inside, an hour that comes twice is
 * inside twice. A window over midnight belongs to the day on which it begins. Undefined: the zone is unknown.
 */
export function isInside(window: Window, instant: Instant): boolean | undefined {
  if (!isKnownZone(window.zone)) return undefined
  const { date, weekday, minute } = toWallTime(instant, window.zone)
  const from = toMinute(window.from)
  const to = toMinute(window.to)
  const isToday = fitsDay(window, date, weekday)
  if (from < to) return isToday && minute >= from && minute < to
  return (isToday && minute >= from) || (minute < to && fitsDay(window, dayBefore(date), (weekday + 6) % 7))
}

/** Whether the window can hold on a day of the wall calendar (`YYYY-MM-DD`), whatever the time. */
function fitsDay(window: Window, date: string, weekday: number): boolean {
  if (date < (window.startDate ?? '') || date > (window.endDate ?? '9999-12-31')) return false
  if (!window.days.includes(weekday)) return false
  if (window.dates !== undefined && !window.dates.includes(date)) return false
  const { months, monthDays, weeks } = window
  const day = Number(date.slice(8, 10))
  return (
    (months?.includes(Number(date.slice(5, 7))) ?? true) &&
    (monthDays?.some((wanted) => wanted === day || wanted === -daysLeft(date)) ?? true) &&
    (weeks?.some((week) => week === Math.ceil(day / 7) || week === -Math.ceil(daysLeft(date) / 7)) ?? true)
  )
}

/** Days of its month from that day on, itself included. */
function daysLeft(date: string): number {
  const end = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 1)
  return (end - Date.parse(date)) / dayMs
}

/** A week shows every day; two more cover a time that the change to daylight saving time skips. */
const daysAhead = 16
/** 29 February can be eight years away. */
const daysAheadOfYear = 9 * 366

/** The first moment after `instant` at which `isInside` changes; undefined where it never does. */
export function nextFlip(window: Window, instant: Instant): Instant | undefined {
  const before = isInside(window, instant)
  if (before === undefined) return undefined
  const changes = (turn: Instant) => turn > instant && isInside(window, turn) !== before
  for (const { from, days } of spansToSearch(window, instant)) {
    let turns: Instant[] = []
    for (let day = 0; day < days; day++) {
      const midnight = from + day * dayMs
      if (turns.length === 0 && !isNear(window, midnight)) continue
      turns.push(...turnsOfDay(window, midnight))
      // No zone is 15 hours ahead, so nothing that a later day brings comes before this.
      const settled = midnight + dayMs - 15 * 60 * minuteMs
      const flip = turns.filter((turn) => turn <= settled && changes(turn))
      if (flip.length > 0) return Math.min(...flip)
      turns = turns.filter((turn) => turn > settled)
    }
  }
  return undefined
}

/** Whether the window holds on this day, or from the one before over midnight: nothing turns elsewhere. */
function isNear(window: Window, midnight: Instant): boolean {
  return [midnight, midnight - dayMs].some((start) => {
    const day = new Date(start)
    return fitsDay(window, day.toISOString().slice(0, 10), day.getUTCDay())
  })
}

/** From now on, and around each date that is written, in order of time. */
function spansToSearch(window: Window, instant: Instant): { from: Instant; days: number }[] {
  const today = Date.parse(toWallTime(instant, window.zone).date)
  const isRare = window.months ?? window.monthDays ?? window.weeks
  const dates = [window.startDate, window.endDate, ...(window.dates ?? [])].map((date) =>
    date === undefined ? -Infinity : Date.parse(date),
  )
  const days = isRare ? daysAheadOfYear : daysAhead
  const later = dates.filter((date) => date > today).map((date) => ({ from: date - dayMs, days }))
  return [{ from: today - dayMs, days }, ...later.toSorted((left, right) => left.from - right.from)]
}

/** Every moment of one local day (given as its midnight, read as UTC) at which the wall clock can enter or leave the window. */
function turnsOfDay(window: Window, day: number): Instant[] {
  const before = offsetOf(day - 1.5 * dayMs, window.zone)
  const after = offsetOf(day + 2.5 * dayMs, window.zone)
  const offsets = [...new Set([before, after])]
  const walls = [window.from, window.to].map((time) => day + toMinute(time) * minuteMs)
  const turns = walls.flatMap((wall) => offsets.map((offset) => wall - offset))
  if (before !== after) turns.push(changeOfOffset(day - 1.5 * dayMs, day + 2.5 * dayMs, window.zone))
  return turns
}

/** The moment between both at which the zone's clocks are changed, by halving. */
function changeOfOffset(low: Instant, high: Instant, zone: string): Instant {
  const before = offsetOf(low, zone)
  let from = low
  let to = high
  while (to - from > 1000) {
    const middle = Math.floor((from + to) / 2000) * 1000
    if (offsetOf(middle, zone) === before) from = middle
    else to = middle
  }
  return to
}

function dayBefore(date: string): string {
  return new Date(Date.parse(date) - dayMs).toISOString().slice(0, 10)
}

/** Minutes of `HH:MM`; `24:00` is 1440. */
function toMinute(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
}

const dayNames = weekdays.map((name) => name.slice(0, 3))
const monthNames = months.map((name) => name.slice(0, 3))

/** `office hours, Mon–Thu 09:00–16:00 Europe/Berlin` */
export function describeWindow(window: Window): string {
  const isWholeDay = toMinute(window.from) === 0 && toMinute(window.to) === 1440
  const hours = isWholeDay ? 'all day' : `${window.from}–${window.to}`
  const first = window.startDate
  const last = window.endDate
  const span =
    first !== undefined && last !== undefined
      ? `${first === last ? first : `${first} to ${last}`} `
      : first !== undefined
        ? `from ${first} `
        : last !== undefined
          ? `until ${last} `
          : ''
  return `${window.name}, ${span}${describeDates(window)}${describeDays(window.days)}${describeMonths(window)}${hours} ${window.zone}`
}

function describeDates({ dates }: Window): string {
  if (dates === undefined) return ''
  return dates.length === 1 ? `on ${dates[0]} ` : `on ${dates.length} days of its calendar `
}

/** `first and last of the month`, `day 15 and last day of the month`, `in June and December` */
function describeMonths({ weeks, monthDays, months }: Window): string {
  const parts = [
    weeks && `(${weeks.map(ordinal).join(' and ')} of the month)`,
    monthDays &&
      `${monthDays.map((day) => (day > 0 ? `day ${day}` : `${ordinal(day)} day`)).join(' and ')} of the month`,
    months && `in ${months.map((month) => monthNames[month - 1]).join(', ')}`,
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? '' : `${parts.join(' ')} `
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth']

function ordinal(place: number): string {
  const name = ordinals[Math.abs(place) - 1] ?? `${Math.abs(place)}th`
  if (place > 0) return name
  return place === -1 ? 'last' : `${name} last`
}

/** Runs of three and more as a span; nothing where it is every day. */
function describeDays(days: readonly number[]): string {
  if (days.length === 7) return ''
  const runs: number[][] = []
  for (const day of [1, 2, 3, 4, 5, 6, 0].filter((day) => days.includes(day))) {
    const run = runs.at(-1)
    if (run !== undefined && ((run.at(-1) ?? 0) + 1) % 7 === day) run.push(day)
    else runs.push([day])
  }
  const words = runs.flatMap((run) => {
    const names = run.map((day) => `${dayNames[day]}`)
    return names.length > 2 ? [`${names[0]}–${names.at(-1)}`] : names
  })
  return words.length > 0 ? `${words.join(', ')} ` : 'on no day '
}
