import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isInside, nextFlip } from '../../../src/features/windows/window-span.ts'
import { aWindow } from '../../builders.ts'

const everyDay = [0, 1, 2, 3, 4, 5, 6]

/** Minute by minute with a second way of reading the wall clock: a different formatter, text instead of numbers. */
describe('against an independent oracle', () => {
  const windows = [
    aWindow(),
    aWindow({ days: [0, 3], from: '22:30', to: '02:15' }),
    aWindow({ days: everyDay, from: '02:10', to: '02:50' }),
    aWindow({ days: [6], from: '00:00', to: '24:00' }),
  ]
  const spans = {
    'Europe/Berlin': ['2026-03-28', '2026-10-24'],
    'America/New_York': ['2026-03-07', '2026-10-31'],
    'Australia/Lord_Howe': ['2026-04-04', '2026-10-03'],
    'Asia/Kathmandu': ['2026-06-06'],
    'Africa/Casablanca': ['2026-02-14', '2026-03-21'],
    'Pacific/Apia': ['2011-12-29'],
    'America/St_Johns': ['2026-03-07', '2026-10-31'],
    UTC: ['2028-02-28'],
  }

  it.each(Object.entries(spans))('%s', (zone, starts) => {
    const text = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    const names = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
    for (const start of starts) {
      const first = Date.parse(`${start}T00:00Z`)
      const minutes = Array.from({ length: 2.5 * 1440 }, (_, index) => first + index * 60_000)
      const walls = minutes.map((instant) => {
        const [, day = '', time = ''] = /^(\w{3}),? (\d{2}:\d{2})$/.exec(text.format(instant)) ?? []
        return { day: names.indexOf(day), time }
      })
      for (const shape of windows) {
        const window = { ...shape, zone }
        const expected = walls.map(({ day, time }) =>
          window.from < window.to
            ? window.days.includes(day) && time >= window.from && time < window.to
            : (window.days.includes(day) && time >= window.from) ||
              (window.days.includes((day + 6) % 7) && time < window.to),
        )
        const flips = minutes.filter((_, index) => index > 0 && expected[index] !== expected[index - 1])
        const found: number[] = []
        for (
          let at = nextFlip(window, first);
          at !== undefined && at <= (minutes.at(-1) ?? 0);
          at = nextFlip(window, at)
        ) {
          found.push(at)
        }
        expect(found, `${zone} ${start} ${window.from}–${window.to}`).toEqual(flips)
        for (const index of [0, 1, 700, 1439, 1440, 2000, 3000]) {
          expect(isInside(window, minutes[index] ?? 0)).toBe(expected[index])
        }
      }
    }
  })
})

/** scripts/write-window-oracle.py: Python's own calendar and zones, minute by minute; 50 zones, ten years, every change of clocks. */
describe('against an oracle in another language', () => {
  const text = readFileSync(new URL('../../fixtures/windows/oracle.json', import.meta.url), 'utf8')
  const oracle = JSON.parse(text) as {
    minutes: number
    shapes: { name: string; days: number[]; from: number; to: number }[]
    rows: [zone: string, first: number, flips: number[][]][]
  }
  const clock = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
  const zones = [...new Set(oracle.rows.map(([zone]) => zone))]

  it('knows 50 zones and ten years', () => {
    expect(zones.length).toBe(50)
    expect(oracle.rows.length).toBeGreaterThan(600)
  })

  it.each(zones)('%s', (zone) => {
    for (const [, seconds, expected] of oracle.rows.filter(([name]) => name === zone)) {
      const first = seconds * 1000
      const found = oracle.shapes.map(({ days, from, to }) => {
        const window = aWindow({ zone, days, from: clock(from), to: clock(to) })
        const flips: number[] = []
        let at = nextFlip(window, first)
        while (at !== undefined && at < first + oracle.minutes * 60_000) {
          flips.push((at - first) / 60_000)
          at = nextFlip(window, at)
        }
        return flips
      })
      expect({ at: new Date(first), found }).toEqual({ at: new Date(first), found: expected })
    }
  })
})
