import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Report, TargetWord } from '../../src/domain/agent.ts'
import type { Release } from '../../src/domain/release.ts'
import { createEmulatedClock, type EmulatedClock } from '../../src/emulator/clock.ts'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import type { LinkAnswer } from '../../src/ports/app-link.ts'
import { createReporter, type Reporter } from '../../src/reconciler/report-releases.ts'
import { seededRandom, silentLog } from '../emulator/cluster/start-cluster.ts'

let clock: EmulatedClock
let sent: { at: number; report: Report }[]
let answers: (LinkAnswer | 'away')[]
let stopped: string[]
let told: TargetWord[]
let stop: AbortController
let reporter: Reporter

const aRelease = (application: string, phase: Release['phase'] = 'healthy'): Release => ({
  target: { application, environment: 'prod', cluster: 'eu' },
  revision: 'r',
  digest: 'd',
  phase,
  health: { status: 'Healthy', reason: '' },
  since: 0,
  reason: '',
})

beforeEach(() => {
  clock = createEmulatedClock(Date.parse('2026-11-20T16:30:00Z'))
  sent = []
  answers = []
  stopped = []
  told = []
  stop = new AbortController()
  reporter = createReporter({
    link: {
      async report(report) {
        sent.push({ at: clock.now(), report: structuredClone(report) })
        const answer = answers.shift() ?? { kind: 'accepted' as const }
        if (answer !== 'away') return answer
        throw new AdapterError({
          system: 'app',
          operation: 'report',
          target: 'app',
          retryable: true,
          message: 'away',
        })
      },
      follow: () => new Promise(() => undefined),
    },
    clock,
    random: seededRandom(),
    log: silentLog,
    identity: async () => 'uid',
    isIdentityAccepted: () => false,
    onIdentityChanged: (reason) => stopped.push(reason),
    isOurs: ({ cluster }) => cluster === 'eu',
    onElsewhere: (words) => void told.push(...words),
  })
})
afterEach(() => stop.abort())

/** What falls asleep only when it gets its turn is not passed over. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) await clock.advance(1_000)
}

const names = ({ report }: (typeof sent)[number]) => report.releases.map(({ target }) => target.application)
const kinds = () => sent.map(({ report }) => `${report.kind} ${report.sequence}`)

describe('reports', () => {
  it('begin with everything, then tell what is new, numbered', async () => {
    reporter.hear(aRelease('a'))
    reporter.hear(aRelease('b'))
    void reporter.run(stop.signal)
    await pass(10_000)
    reporter.hear(aRelease('b', 'degraded'))
    await pass(10_000)
    expect(kinds()).toEqual(['snapshot 1', 'delta 2'])
    expect(sent.map(names)).toEqual([['a', 'b'], ['b']])
  })

  it('come at most every five seconds, whatever happens, with the newest state only', async () => {
    void reporter.run(stop.signal)
    for (let step = 0; step < 300; step += 1) {
      reporter.hear(aRelease('a', step % 2 === 0 ? 'degraded' : 'healthy'))
      await clock.advance(100)
    }
    const gaps = sent.slice(1).map(({ at }, index) => at - (sent[index]?.at ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5_000)
    expect(sent.every((message) => names(message).length <= 1)).toBe(true)
  })

  it('say that they are alive at least once a minute', async () => {
    void reporter.run(stop.signal)
    await pass(10 * 60_000)
    expect(sent.length).toBeGreaterThanOrEqual(10)
    expect(sent.length).toBeLessThanOrEqual(14)
    expect(sent.slice(1).every((message) => names(message).length === 0)).toBe(true)
  })

  it('repeat what was not confirmed', async () => {
    answers = [{ kind: 'accepted' }, 'away']
    void reporter.run(stop.signal)
    await pass(6_000)
    reporter.hear(aRelease('a'))
    await pass(60_000)
    expect(kinds().slice(0, 3)).toEqual(['snapshot 1', 'delta 2', 'delta 2'])
    expect(sent.slice(1, 3).map(names)).toEqual([['a'], ['a']])
  })

  it('tell everything where the app asks for it', async () => {
    reporter.hear(aRelease('a'))
    answers = [{ kind: 'accepted' }, { kind: 'resync', message: 'lost' }]
    void reporter.run(stop.signal)
    await pass(6_000)
    reporter.hear(aRelease('b'))
    await pass(20_000)
    expect(kinds()).toEqual(['snapshot 1', 'delta 2', 'snapshot 3'])
    expect(sent.map(names)).toEqual([['a'], ['b'], ['a', 'b']])
  })

  it('go on after a number that the app knows already, also where the clock was put back', async () => {
    const ahead = clock.now() + 1_000_000
    answers = [{ kind: 'old', message: 'old', newest: { epoch: ahead, sequence: 40 } }]
    void reporter.run(stop.signal)
    await pass(20_000)
    expect(sent.map(({ report }) => report.epoch)).toEqual([clock.now() - 20_000, ahead + 1])
    expect(kinds()).toEqual(['snapshot 1', 'snapshot 1'])
  })

  it('are tried less often while the app is away, and never given up', async () => {
    answers = Array.from({ length: 2_000 }, () => 'away' as const)
    void reporter.run(stop.signal)
    await pass(12 * 3_600_000)
    expect(sent.length).toBeGreaterThan(500)
    expect(sent.length).toBeLessThan(1_000)
    answers = []
    await pass(10 * 60_000)
    expect(kinds().at(-1)).toMatch(/^delta/)
    const before = sent.length
    reporter.hear(aRelease('a'))
    await pass(7_000)
    expect(sent.slice(before).map(names)).toEqual([['a']])
  })

  it('stop the agent where the app knows another cluster under this name', async () => {
    answers = [{ kind: 'identity-changed', message: 'CLUSTER_IDENTITY_CHANGED: another' }]
    void reporter.run(stop.signal)
    await clock.advance(1_000)
    expect(stopped).toEqual(['CLUSTER_IDENTITY_CHANGED: another'])
  })

  it('ask how what is waited for elsewhere is, four times a minute while it is waited for', async () => {
    const dns = { application: 'dns', environment: 'shared', cluster: 'hub' }
    const beside = { application: 'database', environment: 'prod', cluster: 'eu' }
    const word: TargetWord = { target: dns, digest: 'd2', phase: 'healthy' }
    answers = [{ kind: 'accepted', elsewhere: [word] }]
    reporter.hear({ ...aRelease('cart', 'pending'), waitsFor: [dns, beside] })
    void reporter.run(stop.signal)
    await pass(60_000)
    expect(sent[0]?.report.asks).toEqual([dns])
    expect(told).toEqual([word])
    expect(sent.length).toBeGreaterThanOrEqual(4)
    reporter.hear(aRelease('cart'))
    await pass(5_000)
    sent.length = 0
    await pass(60_000)
    expect(sent.every(({ report }) => report.asks === undefined)).toBe(true)
    expect(sent.length).toBeLessThanOrEqual(2)
  })
})
