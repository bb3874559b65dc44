import type { Counts } from '../../../src/features/slo/counts.ts'
import type { SloMeter } from '../../../src/journeys/slo/create-slo-meter.ts'
import type { Randomness } from './randomness.ts'
import { createScrapedCounters } from './scraped-counters.ts'
import { createTraffic, type Habit, type LoneBurst, tickSeconds } from './traffic.ts'

/** A service that is used, released and scraped. Times in milliseconds, of a clock that began at a midnight. */
export interface LiveService {
  now(): number
  /** Lets it be used until then. */
  runTo(at: number): void
  /** Brings a version in, pod by pod. `ownErrors` is the share of its requests that fail besides the usual. */
  release(version: string, ownErrors: number): void
  /** Errors that no version is to blame for, from now on. */
  fail(ratio: number): void
  /** The first request since `mark` that failed by what was released or broken. */
  firstFault(): number | undefined
  meter: SloMeter
}

/** What happened within one tick, seen from within: by no metrics can it be known so soon. */
export interface SeenTick {
  /** Seconds since a midnight. */
  second: number
  endsAt: number
  /** Of the newest version, and of all from before it. */
  own: Counts
  earlier: Counts
}

/** From the apply until the first new pod serves, and until the last old one is gone. */
const rollingSeconds = { from: 5, to: 65 }

interface Version {
  name: string
  ownErrors: number
  appliedAt: number
}

/** Begins at some time of a day. */
export function createLiveService(
  habit: Habit,
  random: Randomness,
  onTick?: (tick: SeenTick) => void,
): LiveService {
  const traffic = createTraffic(habit, random)
  let now = Math.floor(random.next() * 86_400) * 1000
  const counters = createScrapedCounters(habit, random, now)
  let outside = 0
  let firstFault: number | undefined
  let struck: { burst: LoneBurst; version: Version | undefined } | undefined
  let versions: Version[] = [{ name: 'v0', ownErrors: 0, appliedAt: -1e9 }]

  return {
    now: () => now,
    runTo(at) {
      while (now + tickSeconds * 1000 <= at) tick()
    },
    release(name, ownErrors) {
      versions.push({ name, ownErrors, appliedAt: now })
    },
    fail(ratio) {
      outside = ratio
    },
    firstFault: () => firstFault,
    meter: counters.meter,
  }

  function tick(): void {
    const { requestsPerSecond, errorRatio, loneBurst } = traffic(now / 1000)
    const seen = { own: { bad: 0, total: 0 }, earlier: { bad: 0, total: 0 } }
    const shares = sharesOfVersions()
    if (loneBurst && loneBurst !== struck?.burst)
      struck = { burst: loneBurst, version: versionAt(loneBurst.place, shares) }
    for (const { version, share } of shares) {
      const usual = loneBurst && struck?.version === version ? loneBurst.errorRatio : errorRatio
      const { bad, total } = serve(version, share * requestsPerSecond * tickSeconds, usual)
      const side = version === versions.at(-1) ? seen.own : seen.earlier
      side.bad += bad
      side.total += total
    }
    onTick?.({ second: now / 1000, endsAt: now + tickSeconds * 1000, ...seen })
    now += tickSeconds * 1000
    retire()
  }

  /** Of those that serve. The newest takes its share first, what it leaves goes to the one before. */
  function sharesOfVersions(): { version: Version; share: number }[] {
    const shares: { version: Version; share: number }[] = []
    let left = 1
    for (let index = versions.length - 1; index >= 0 && left > 0; index -= 1) {
      const share = left * serving(versions[index]!)
      left -= share
      if (share > 0) shares.push({ version: versions[index]!, share })
    }
    return shares
  }

  function serve(version: Version, meanRequests: number, usual: number): Counts {
    const total = random.poisson(meanRequests)
    const faults = Math.min(total, random.poisson(total * Math.min(version.ownErrors + outside, 1)))
    const bad = Math.min(total, faults + random.poisson(total * usual))
    if (faults > 0) firstFault ??= now
    const counts = { bad, total }
    counters.add(now + tickSeconds * 1000 * random.next(), version.name, counts)
    return counts
  }

  function serving({ appliedAt }: Version): number {
    const seconds = (now - appliedAt) / 1000
    const share = (seconds - rollingSeconds.from) / (rollingSeconds.to - rollingSeconds.from)
    return Math.min(Math.max(share, 0), 1)
  }

  function retire(): void {
    if (versions.length === 1) return
    const whole = versions.findLastIndex((version) => serving(version) >= 1)
    for (const { name } of versions.slice(0, whole)) counters.end(now, name)
    if (whole > 0) versions = versions.slice(whole)
  }
}

function versionAt(
  place: number,
  shares: readonly { version: Version; share: number }[],
): Version | undefined {
  let passed = 0
  return shares.find(({ share }) => {
    passed += share
    return place < passed
  })?.version
}
