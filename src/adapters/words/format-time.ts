import type { Instant } from '../../domain/refs.ts'

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** Seconds as people say them, the two largest units: `1 hour 20 minutes`. */
export function formatDuration(seconds: number): string {
  const parts: string[] = []
  let rest = Math.max(0, Math.round(seconds))
  for (const [name, size] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`)
    if (parts.length === 2 || (parts.length === 1 && count === 0)) break
  }
  return parts.join(' ') || '0 seconds'
}

/** A moment in UTC, to the minute: `Fri 20 Nov 2026, 16:30 UTC`; to the second where asked. Takes an instant or ISO text. */
export function formatInstant(instant: Instant | string, precision: 'minute' | 'second' = 'minute'): string {
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) throw new Error(`not a moment in time: ${String(instant)}`)
  const [weekday, day, month, year, time] = date.toUTCString().replace(',', '').split(' ')
  return `${weekday} ${Number(day)} ${month} ${year}, ${precision === 'second' ? time : time?.slice(0, 5)} UTC`
}
