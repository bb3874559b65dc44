import type { Instant } from '../../domain/refs.ts'
import { ratioOf } from '../slo/counts.ts'
import type { BreachStory } from './breach-story.ts'

/** Of the picture and of what is around the curve, in pixels. */
const [width, height] = [760, 272]
const margin = { top: 46, right: 16, bottom: 26, left: 56 }
const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom }

/** Readable on white and on black alike: a picture in a pull request does not know the theme. */
const ink = { text: '#768390', axis: '#adbac7', curve: '#e5534b', limit: '#c69026', mark: '#539bf5' }
const font = 'font-family="-apple-system,Segoe UI,Helvetica,Arial,sans-serif" font-size="11"'

export type BreachToPlot = Pick<BreachStory, 'series' | 'stepMs' | 'tolerated'> &
  Partial<Pick<BreachStory, 'appliedAt' | 'onset' | 'detectedAt'>>

/**
 * The error ratio over time, with what is tolerated, the apply, the onset and the detection, as one SVG without script, style
 * or link. Numbers and our own words alone go into it.
 */
export function plotBreach(story: BreachToPlot): string {
  const points = story.series
    .filter(({ counts }) => counts.total > 0)
    .map(({ at, counts }) => ({ at: at + story.stepMs / 2, ratio: ratioOf(counts) }))
  const marks = marksOf(story)
  const known = [...points, ...marks].map(({ at }) => at)
  const times = known.length > 0 ? known : [0]
  const [from, to] = [Math.min(...times), Math.max(...times)]
  const top = niceTop(Math.max(story.tolerated * 1.5, ...points.map(({ ratio }) => ratio)))
  const x = (at: Instant) => round(margin.left + ((at - from) / Math.max(to - from, 1)) * inner.width)
  const y = (ratio: number) => round(margin.top + (1 - ratio / top) * inner.height)
  const line = (from: [number, number], to: [number, number], stroke: string, more = '') =>
    `<line x1="${from[0]}" y1="${from[1]}" x2="${to[0]}" y2="${to[1]}" stroke="${stroke}"${more}/>`
  const [left, right] = [margin.left, width - margin.right]
  const parts = [
    ...[0, top / 2, top].map(
      (ratio) =>
        line([left, y(ratio)], [right, y(ratio)], ink.axis, ' stroke-opacity="0.4"') +
        text(left - 6, y(ratio) + 4, percent(ratio), 'end'),
    ),
    text(left, height - 8, clock(from), 'start'),
    text(right, height - 8, `${clock(to)} UTC`, 'end'),
    line([left, y(story.tolerated)], [right, y(story.tolerated)], ink.limit, ' stroke-dasharray="6 4"'),
    text(left + 4, y(story.tolerated) - 4, `tolerated ${percent(story.tolerated)}`, 'start', ink.limit),
    ...marks.map(
      ({ at, name, row }) =>
        line([x(at), margin.top - 4], [x(at), height - margin.bottom], ink.mark, ' stroke-dasharray="2 3"') +
        text(
          x(at) + (isLate(at) ? -4 : 4),
          12 + row * 13,
          `${name} ${clock(at)}`,
          isLate(at) ? 'end' : 'start',
          ink.mark,
        ),
    ),
    `<polyline fill="none" stroke="${ink.curve}" stroke-width="2" stroke-linejoin="round" points="${points.map(({ at, ratio }) => `${x(at)},${y(ratio)}`).join(' ')}"/>`,
    ...points.map(({ at, ratio }) => `<circle cx="${x(at)}" cy="${y(ratio)}" r="2.5" fill="${ink.curve}"/>`),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Error ratio over time">${parts.join('')}</svg>\n`

  function isLate(at: Instant): boolean {
    return x(at) > width - 160
  }
}

/** A row of words for each, so that neighbours do not cover each other. */
function marksOf({ appliedAt, onset, detectedAt }: BreachToPlot) {
  return [
    { at: appliedAt, name: 'applied', row: 0 },
    { at: onset, name: 'errors began', row: 1 },
    { at: detectedAt, name: 'detected', row: 2 },
  ].flatMap(({ at, ...mark }) => (at === undefined ? [] : [{ at, ...mark }]))
}

function text(x: number, y: number, words: string, anchor: 'start' | 'end', fill = ink.text): string {
  return `<text x="${x}" y="${y}" ${font} text-anchor="${anchor}" fill="${fill}">${words}</text>`
}

/** The next of 1, 2, 5 times a power of ten, at most all. */
function niceTop(ratio: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(ratio, 1e-6)))
  const step = [1, 2, 5, 10].find((factor) => factor * power >= ratio) ?? 10
  return Math.min(step * power, 1)
}

function clock(at: Instant): string {
  return new Date(at).toISOString().slice(11, 19)
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))} %`
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10
}
