import type { Report, TargetWord } from '../domain/agent.ts'
import { type Target, targetKey } from '../domain/refs.ts'
import type { Release } from '../domain/release.ts'
import { confirmReport, planReport } from '../features/agents/plan-report.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { AppLink, LinkAnswer } from '../ports/app-link.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Random } from '../ports/random.ts'

export interface ReporterOptions {
  link: AppLink
  clock: Clock
  random: Random
  log: Log
  /** The uid of kube-system. Throws AdapterError while the cluster does not answer. */
  identity(): Promise<string>
  /** The operator said that this one is meant, whatever was known before. */
  isIdentityAccepted(identity: string): boolean
  /** The app knows another cluster under this name: why nothing may be written any more. */
  onIdentityChanged(reason: string): void
  /** Whether a target is of this place: how others are has to be asked. */
  isOurs(target: Target): boolean
  onElsewhere(words: TargetWord[]): void
}

export interface Reporter {
  hear(release: Release): void
  /** Reports until the signal aborts. */
  run(signal: AbortSignal): Promise<void>
}

/** Between two messages, whatever happens. */
const shortestMs = 5_000
/** With nothing to say. The app takes five times this for silence. */
const heartbeatMs = 60_000
/** The same while something here waits for something elsewhere. */
const waitingHeartbeatMs = 15_000
/** While the app is away, at most: no more than it has to take when all are well. */
const longestMs = heartbeatMs

/**
 * Tells the app of releases as they change: what is new since it last confirmed, in messages that are numbered; everything
 * where it asks for it. However long the app is away, only the newest state of each target is kept.
 */
export function createReporter(options: ReporterOptions): Reporter {
  const { link, clock, random, log } = options
  const current = new Map<string, Release>()
  const confirmed = new Map<string, string>()
  let news = new AbortController()
  let epoch = clock.now()
  let sequence = 1
  let isWhole = true
  let failures = 0
  let lastWords = ''

  const send = async (): Promise<void> => {
    const releases = planReport({ current, confirmed }, isWhole)
    const asks = waitsFor()
    const identity = await options.identity()
    const report: Report = {
      kind: isWhole ? 'snapshot' : 'delta',
      epoch,
      sequence,
      identity,
      ...(options.isIdentityAccepted(identity) && { isIdentityAccepted: true }),
      releases,
      ...(asks.length > 0 && { asks }),
    }
    const answer = await link.report(report)
    obey(answer, releases)
  }
  const waitsFor = (): Target[] => {
    const all = [...current.values()].flatMap((release) => release.waitsFor ?? [])
    const others = all.filter((target) => !options.isOurs(target))
    return [...new Map(others.map((target) => [targetKey(target), target])).values()]
  }
  const obey = (answer: LinkAnswer, sent: Release[]): void => {
    say(answer)
    switch (answer.kind) {
      case 'accepted':
        confirmReport(confirmed, sent)
        sequence += 1
        isWhole = false
        failures = 0
        options.onElsewhere(answer.elsewhere ?? [])
        return
      case 'resync':
        isWhole = true
        sequence += 1
        return
      case 'old':
        // The answer to this very message was lost, or a former run of ours had a clock ahead of this one.
        isWhole = true
        if (answer.newest.epoch > epoch) epoch = answer.newest.epoch + 1
        sequence = answer.newest.epoch === epoch ? answer.newest.sequence + 1 : 1
        return
      case 'identity-changed':
        options.onIdentityChanged(answer.message)
        failures += 1
        return
      case 'refused':
        failures += 1
    }
  }
  /** One line for each new reason, not for each message. */
  const say = (answer: LinkAnswer): void => {
    const words = answer.kind === 'accepted' ? '' : answer.message
    if (words !== lastWords && answer.kind !== 'accepted')
      log.warn({ answer: answer.kind, reason: words }, 'report')
    else if (words !== lastWords) log.info({}, 'reports are taken again')
    lastWords = words
  }
  const pause = () => {
    const base = failures === 0 ? shortestMs : Math.min(shortestMs * 2 ** failures, longestMs)
    return Math.max(shortestMs, Math.round(base * (0.75 + random.number() / 2)))
  }
  const hasNews = () => isWhole || planReport({ current, confirmed }, false).length > 0

  return {
    hear(release) {
      current.set(targetKey(release.target), release)
      news.abort()
    },
    async run(signal) {
      while (!signal.aborted) {
        try {
          await send()
        } catch (error) {
          if (!(error instanceof AdapterError)) throw error
          failures += 1
          say({ kind: 'refused', message: error.message })
        }
        await clock.sleep(pause(), signal)
        if (failures > 0) continue
        news = new AbortController()
        const longest = waitsFor().length > 0 ? waitingHeartbeatMs : heartbeatMs
        const rest = Math.round((longest - shortestMs) * (0.75 + random.number() / 4))
        if (!hasNews()) await clock.sleep(rest, AbortSignal.any([signal, news.signal]))
      }
    },
  }
}
