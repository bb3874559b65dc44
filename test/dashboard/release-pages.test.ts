import { describe, expect, it } from 'vitest'
import { createDashboard } from '../../src/dashboard/dashboard.ts'
import { releaseTimeline } from '../../src/features/rollback/release-timeline.ts'
import { type SloStanding, sloStanding } from '../../src/features/slo/slo-standing.ts'
import { anAttestation, noon } from '../builders.ts'
import { aStillClock, dashboardPorts, type Kept } from './dashboard-fakes.ts'

const hostile = `<img src=x onerror="alert('1')">`
const minute = 60_000

async function open(path: string, kept: Kept = {}, ports: object = {}): Promise<Response> {
  const handler = createDashboard({ ...dashboardPorts(kept), ...ports })
  return handler(new Request(`http://127.0.0.1:3000${path}`))
}

const slo = {
  name: 'checkout answers',
  application: 'checkout',
  environment: 'prod',
  objective: 0.999,
  windowDays: 28 as const,
  badEvents: 'bad',
  totalEvents: 'total',
  onBreach: 'revert' as const,
}
const person = { id: '1', login: 'ada', isBot: false }
const pull = {
  number: 12,
  title: 'Raise checkout',
  author: person,
  approvedBy: [{ ...person, login: 'bob' }],
}

function aStanding(fields: Partial<SloStanding> = {}): SloStanding {
  return {
    slo,
    state: 'breached',
    reason: '61 of 1480 events failed since it was applied',
    budgetLeft: 0.42,
    burns: [
      { seconds: 300, rate: 41.2 },
      { seconds: 21_600, rate: 0.8 },
    ],
    release: { revision: 'c'.repeat(40), pull: 12, title: 'Raise checkout', author: 'ada', appliedAt: noon },
    onset: noon + minute,
    suspects: [{ application: 'checkout', revision: 'c'.repeat(40), score: 0.97 }],
    tolerated: 0.001,
    series: [0, 1, 2].map((step) => ({ at: noon + step * minute, counts: { bad: step, total: 100 } })),
    stepMs: minute,
    ...fields,
  }
}

describe('the SLO page', () => {
  it('shows the verdict, what is left of the budget, the burn, the plot and the suspects', async () => {
    const page = await (await open('/slos', { slos: [aStanding()] })).text()
    for (const words of [
      'breached',
      '61 of 1480 events failed',
      '42 %',
      '41.2 ×',
      '6 h',
      '#12 Raise checkout (ada)',
      '97 %',
    ])
      expect(page).toContain(words)
    expect(page).toContain('<polyline')
    expect(page).toContain('href="/releases/shop/config/prod/checkout"')
  })

  it('says what it does not know', async () => {
    const blind = aStanding({
      state: 'blind',
      reason: 'there are no series',
      budgetLeft: undefined,
      burns: [],
      series: [],
      suspects: [],
    })
    const page = await (await open('/slos', { slos: [blind] })).text()
    expect(page).toContain('there are no series')
    expect(page).not.toContain('Budget left')
    expect(page).not.toContain('<svg')
    expect(await (await open('/slos')).text()).toContain('No repository has an SLO')
  })

  it('has no style or script of its own, whatever names say', async () => {
    const named = aStanding({
      slo: { ...slo, name: hostile },
      reason: hostile,
      suspects: [{ application: hostile, revision: 'c', score: 1 }],
    })
    const page = await (await open('/slos/now', { slos: [named] })).text()
    expect(page).not.toContain('<img')
    expect(page).not.toMatch(/\sstyle=|<script|<style/)
  })

  it('asks the metrics server once for many readers within a quarter of a minute', async () => {
    let asked = 0
    const clock = aStillClock()
    let now = noon
    const slos = async () => {
      asked += 1
      return [aStanding()]
    }
    const handler = createDashboard({ ...dashboardPorts(), slos, clock: { ...clock, now: () => now } })
    const look = () => handler(new Request('http://127.0.0.1:3000/api/slos'))
    await look()
    await look()
    expect(asked).toBe(1)
    now += 15_000
    await look()
    expect(asked).toBe(2)
  })
})

describe('the timeline of an application', () => {
  const entry = releaseTimeline([{ attestations: [anAttestation({ pull })] }], 'checkout')

  it('shows each release with its pull request, people, images and clusters', async () => {
    const page = await (await open('/releases/shop/config/prod/checkout', { timeline: entry })).text()
    for (const words of ['#12', 'Raise checkout', 'ada', 'approved by bob', '1.8.0', 'prod-eu', 'runs'])
      expect(page).toContain(words)
  })

  it('says the same of what is not there and of what the reader may not read', async () => {
    const nothing = await open('/releases/shop/config/prod/checkout')
    const foreign = await open('/releases/other/config/prod/checkout', { timeline: entry })
    expect([nothing.status, foreign.status]).toEqual([404, 404])
    expect(await foreign.text()).toContain('Nothing of checkout was released to prod from other/config')
  })
})

/*
 * | history, oldest first | runs | taken back |
 * | A                     | A    | –          |
 * | A B                   | B    | –          |
 * | A B, back to A        | A    | B          |
 * | A on two clusters     | A    | –          |
 */
describe('releaseTimeline', () => {
  const at = (digest: string, index: number, fields = {}) =>
    anAttestation({ digest, revision: `${digest}${index}`, at: index, ...fields })
  const a = at('A', 1)
  const b = at('B', 2)
  const back = at('A', 3, { kind: 'revert' })

  it.each`
    case            | states                                                        | entries
    ${'one'}        | ${[[a]]}                                                      | ${['A1 runs']}
    ${'two'}        | ${[[b], [a]]}                                                 | ${['B2 runs', 'A1']}
    ${'taken back'} | ${[[back], [b], [a]]}                                         | ${['A3 runs', 'B2 taken back', 'A1']}
    ${'of others'}  | ${[[{ ...a, target: { ...a.target, application: 'cart' } }]]} | ${[]}
  `('$case', ({ states, entries }) => {
    const found = releaseTimeline(
      states.map((attestations: never) => ({ attestations })),
      'checkout',
    )
    expect(
      found.map(({ revision, isCurrent, isTakenBack }) =>
        [revision, ...(isCurrent ? ['runs'] : []), ...(isTakenBack ? ['taken back'] : [])].join(' '),
      ),
    ).toEqual(entries)
  })

  it('names every cluster of a release once', () => {
    const us = { ...a, target: { ...a.target, cluster: 'prod-us' }, at: 5 }
    expect(releaseTimeline([{ attestations: [a, us] }, { attestations: [a] }], 'checkout')).toMatchObject([
      { clusters: ['prod-eu', 'prod-us'], at: 1 },
    ])
  })
})

describe('sloStanding', () => {
  const facts = {
    slo,
    period: { bad: 5, total: 10_000 },
    burnRate: new Map(),
    series: [],
    stepMs: 0,
    blind: undefined,
  }

  it('leaves half of the budget where half as many events failed as may', () => {
    expect(sloStanding(facts)).toMatchObject({ budgetLeft: 0.5, state: 'inconclusive', suspects: [] })
  })

  it.each`
    case                  | fields                                    | expected
    ${'nothing measured'} | ${{ period: undefined }}                  | ${{ budgetLeft: undefined }}
    ${'no traffic'}       | ${{ period: { bad: 0, total: 0 } }}       | ${{ budgetLeft: undefined }}
    ${'all spent twice'}  | ${{ period: { bad: 20, total: 10_000 } }} | ${{ budgetLeft: -1 }}
    ${'blind'}            | ${{ blind: 'the server is away' }}        | ${{ state: 'blind', reason: 'the server is away' }}
  `('$case', ({ fields, expected }) => {
    const standing = sloStanding({ ...facts, ...fields })
    expect({ budgetLeft: undefined, ...standing }).toMatchObject(expected as object)
  })
})
