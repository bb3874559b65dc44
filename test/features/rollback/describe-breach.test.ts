import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { breachEvidenceSchema } from '../../../src/features/rollback/breach-evidence.ts'
import type { BreachStory } from '../../../src/features/rollback/breach-story.ts'
import { describeBreach } from '../../../src/features/rollback/describe-breach.ts'
import { plotBreach } from '../../../src/features/rollback/plot-breach.ts'
import { ratioInterval } from '../../../src/features/rollback/ratio-interval.ts'
import { anAttestation } from '../../builders.ts'

const minute = 60_000
const appliedAt = Date.parse('2026-11-23T08:10:00Z')

function aStory(fields: Partial<BreachStory> = {}): BreachStory {
  return {
    slo: {
      name: 'checkout answers',
      application: 'checkout',
      environment: 'prod',
      objective: 0.999,
      windowDays: 28,
      badEvents: 'http_requests_total{code=~"5.."}',
      totalEvents: 'http_requests_total',
      onBreach: 'revert',
    },
    bad: anAttestation({ at: appliedAt - 20_000 }),
    appliedAt,
    detectedAt: appliedAt + minute,
    onset: appliedAt + 15_000,
    reason: 'checkout burns its budget since this release',
    confidence: { score: 0.95, evidence: ['the new version fails'] },
    before: { bad: 3, total: 12_000 },
    since: { bad: 61, total: 1_480 },
    controls: [{ name: 'cart', before: { bad: 1, total: 9_000 }, since: { bad: 0, total: 150 } }],
    tolerated: 0.001,
    series: [-2, -1, 0, 1].map((step) => ({
      at: appliedAt + step * minute,
      counts: { bad: step < 0 ? 0 : 30, total: 700 },
    })),
    stepMs: minute,
    suspects: [{ application: 'checkout', revision: 'c'.repeat(40), score: 0.97 }],
    irreversible: [],
    ...fields,
  }
}

describe('describeBreach', () => {
  it('tells before, after and control with their intervals, and the effect', () => {
    const { measurements, effect, slo } = describeBreach(aStory())
    expect(measurements?.map(({ name, events, bad }) => `${name}: ${bad}/${events}`)).toEqual([
      'checkout, the hour before the apply: 3/12000',
      'checkout, since the apply: 61/1480',
      'cart, not released: before: 1/9000',
      'cart, not released: since: 0/150',
    ])
    expect(measurements?.every(({ ratio, low, high }) => low <= ratio && ratio <= high)).toBe(true)
    expect(effect).toBe('4.1 % more of the events fail, 165 times as often as before')
    expect(slo).toMatchObject({ burnRate: 41.2 })
    expect(slo?.budgetSpent).toBeCloseTo(41.2 / (28 * 24 * 60), 4)
  })

  it('gives the queries as they were sent, with the range that each covers', () => {
    const { queries } = describeBreach(aStory())
    expect(
      queries?.map(({ promql, from, to }) => [promql.match(/\[\d+s\]/)?.[0], (to - from) / 1000]),
    ).toEqual([
      ['[60s]', 60],
      ['[60s]', 60],
      ['[3600s]', 3600],
      ['[3600s]', 3600],
    ])
  })

  it('tells the times in their order, the onset only where it is known', () => {
    const words = (story: BreachStory) => describeBreach(story).timeline?.map(({ what }) => what.slice(0, 12))
    expect(words(aStory())).toEqual(['applied to t', 'the errors b', 'breach detec'])
    expect(words(aStory({ onset: undefined }))).toEqual(['applied to t', 'breach detec'])
  })

  it('has a block for machines that can be read', () => {
    const block = JSON.parse(describeBreach(aStory()).evidence ?? '') as Record<string, unknown>
    expect(block).toMatchObject({
      version: 1,
      application: 'checkout',
      environment: 'prod',
      bad: 'c'.repeat(40),
      detectedAt: appliedAt + minute,
      since: { bad: 61, total: 1_480 },
      confidence: 0.95,
      suspects: [{ score: 0.97 }],
    })
    expect(block['queries']).toHaveLength(4)
  })

  it('has a block that keeps to the published schema, known or not', () => {
    const schema: object = JSON.parse(
      readFileSync(new URL('../../../schemas/revert-evidence.schema.json', import.meta.url), 'utf8'),
    )
    const current: unknown = JSON.parse(JSON.stringify(breachEvidenceSchema))
    expect(schema, 'else run node scripts/write-schemas.ts').toMatchObject(current as object)
    const validate = new Ajv({ strict: true }).compile(schema)
    const unknown = { before: undefined, since: undefined, onset: undefined, confidence: undefined }
    for (const story of [aStory(), aStory(unknown)]) {
      validate(JSON.parse(describeBreach(story).evidence ?? ''))
      expect(validate.errors).toBeNull()
    }
  })

  it('leaves out what is not known', () => {
    const bare = describeBreach(
      aStory({ before: undefined, since: undefined, confidence: undefined, controls: [] }),
    )
    expect(bare).toMatchObject({ measurements: [], effect: undefined, confidence: undefined })
    expect(JSON.parse(bare.evidence ?? '')).toMatchObject({ before: null, since: null, confidence: null })
  })
})

/* Expected: the reference implementation of the Wilson score interval, z = 1.96. */
describe('ratioInterval', () => {
  it.each`
    bad   | total    | low       | high
    ${0}  | ${0}     | ${0}      | ${1}
    ${0}  | ${10}    | ${0}      | ${0.2775}
    ${10} | ${10}    | ${0.7225} | ${1}
    ${5}  | ${100}   | ${0.0215} | ${0.1118}
    ${61} | ${1_480} | ${0.0322} | ${0.0526}
  `('$bad of $total: $low to $high', ({ bad, total, low, high }) => {
    const interval = ratioInterval({ bad, total })
    expect(interval.low).toBeCloseTo(low, 3)
    expect(interval.high).toBeCloseTo(high, 3)
  })
})

describe('plotBreach', () => {
  it('draws the ratio, what is tolerated, the apply, the onset and the detection', () => {
    const svg = plotBreach(aStory())
    for (const words of ['applied 08:10:00', 'errors began 08:10:15', 'detected 08:11:00', 'tolerated 0.1 %'])
      expect(svg).toContain(words)
    expect(svg.match(/<circle/g)).toHaveLength(4)
  })

  it('holds nothing that GitHub would take out of a picture, or that somebody else wrote', () => {
    const svg = plotBreach(aStory({ slo: { ...aStory().slo, name: '<script>', application: '"><a href' } }))
    expect(svg).not.toMatch(/<(?:script|style|a|image|foreignObject)\b|href|url\(|NaN|Infinity/)
  })

  it.each`
    case            | series
    ${'no series'}  | ${[]}
    ${'no traffic'} | ${[{ at: appliedAt, counts: { bad: 0, total: 0 } }]}
    ${'no errors'}  | ${[{ at: appliedAt, counts: { bad: 0, total: 100 } }]}
    ${'all fail'}   | ${[{ at: appliedAt, counts: { bad: 100, total: 100 } }]}
  `('draws $case within the picture', ({ series }) => {
    const svg = plotBreach(aStory({ series }))
    expect(svg).not.toMatch(/NaN|Infinity/)
    const ys = [...svg.matchAll(/ c?y\d?="([-\d.]+)"/g)].map(([, y]) => Number(y))
    expect(Math.min(...ys)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...ys)).toBeLessThanOrEqual(272)
  })
})
