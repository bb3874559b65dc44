import type { Instant } from '../../domain/refs.ts'

/** What a clock and a calendar on the wall of a zone show. */
export interface WallTime {
  /** `YYYY-MM-DD` */
  date: string
  /** 0 Sunday … 6 Saturday. */
  weekday: number
  /** Minutes since midnight as the clock shows them, 0 … 1439; seconds are dropped. */
  minute: number
}

/** The zones are IANA's few hundred; the bound only keeps strange spellings from piling up. */
const maxFormatters = 700
const formatters = new Map<string, Intl.DateTimeFormat | undefined>()

/** IANA names only: `Europe/Berlin`, `UTC`; no fixed offsets such as `+02:00`. */
export function isKnownZone(zone: string): boolean {
  return formatterOf(zone) !== undefined
}

export function toWallTime(instant: Instant, zone: string): WallTime {
  const local = new Date(instant + offsetOf(instant, zone))
  return {
    date: local.toISOString().slice(0, 10),
    weekday: local.getUTCDay(),
    minute: local.getUTCHours() * 60 + local.getUTCMinutes(),
  }
}

type PartName = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'

/** Milliseconds that the zone is ahead of UTC at that moment. */
export function offsetOf(instant: Instant, zone: string): number {
  const second = Math.floor(instant / 1000)
  const known = offsets.get(zone) ?? new Map<number, number>()
  const offset = known.get(second) ?? computeOffset(second, zone)
  if (known.size >= maxOffsets) known.clear()
  if (offsets.size >= maxFormatters) offsets.clear()
  offsets.set(zone, known.set(second, offset))
  return offset
}

/** By zone and second: the beginnings of the same days are asked for again and again, and formatting takes its time. */
const offsets = new Map<string, Map<number, number>>()
const maxOffsets = 2_000

function computeOffset(second: number, zone: string): number {
  const formatter = formatterOf(zone)
  if (formatter === undefined) throw new RangeError(`unknown time zone: ${zone}`)
  const parts = formatter.formatToParts(second * 1000).map(({ type, value }) => [type, Number(value)])
  const {
    year,
    month,
    day,
    hour,
    minute,
    second: last,
  } = Object.fromEntries(parts) as Record<PartName, number>
  return Date.UTC(year, month - 1, day, hour, minute, last) - second * 1000
}

function formatterOf(zone: string): Intl.DateTimeFormat | undefined {
  if (formatters.has(zone)) return formatters.get(zone)
  if (formatters.size >= maxFormatters) formatters.clear()
  const formatter = createFormatter(zone)
  formatters.set(zone, formatter)
  return formatter
}

function createFormatter(zone: string): Intl.DateTimeFormat | undefined {
  // A fixed offset has no letter.
  if (!/[A-Za-z]/.test(zone)) return undefined
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return undefined
  }
}

/** From Sunday, as Date counts them. */
export const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
export const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** As people say it: `Monday 23 November 09:00 CET`. The year is told by the context. */
export function formatInstant(instant: Instant, zone: string): string {
  const { date, weekday, minute } = toWallTime(instant, zone)
  const month = months[Number(date.slice(5, 7)) - 1]
  return `${weekdays[weekday]} ${Number(date.slice(8))} ${month} ${formatMinute(minute)} ${zoneName(instant, zone)}`
}

export function formatMinute(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

/** Each region's English knows the short names of its own zones only. */
const regions = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'en-NZ', 'en-ZA']

/** `CET`, `EST`, or `GMT+9` where no short name is in use. */
function zoneName(instant: Instant, zone: string): string {
  for (const region of regions) {
    const name = zoneNameIn(region, instant, zone)
    if (!/GMT[+-]/.test(name)) return name
  }
  return zoneNameIn('en', instant, zone)
}

function zoneNameIn(region: string, instant: Instant, zone: string): string {
  const formatter = new Intl.DateTimeFormat(region, { timeZone: zone, timeZoneName: 'short' })
  return formatter
    .formatToParts(instant)
    .flatMap(({ type, value }) => (type === 'timeZoneName' ? [value] : []))
    .join('')
}
