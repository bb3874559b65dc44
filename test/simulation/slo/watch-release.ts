import type { Slo } from '../../../src/domain/slo.ts'
import { type Judgement, judgeRelease, type WatchedRelease } from '../../../src/features/slo/judge-release.ts'
import type { SloMeter } from '../../../src/journeys/slo/create-slo-meter.ts'
import { measureRelease } from '../../../src/journeys/slo/measure-release.ts'
import type { LiveService } from './live-service.ts'

/** As the product looks, and as long. */
export const lookMs = 15_000
export const watchMs = 3_600_000

export const slo: Slo = {
  name: 'shop answers',
  application: 'shop',
  environment: 'prod',
  objective: 0.999,
  windowDays: 30,
  badEvents: 'requests_total{code=~"5.."}',
  totalEvents: 'requests_total',
  versionLabel: 'version',
  onBreach: 'revert',
}

export interface Watching {
  slo: Slo
  /** Newest first, as they were applied by now. */
  releases: (now: number) => WatchedRelease[]
  rivals: (now: number) => WatchedRelease[]
}

/** Looks every 15 s from `from` on, and hands each judgement over until `isEnough`. Answers the time of the last look. */
export async function lookAt(
  service: LiveService,
  watching: Watching,
  from: number,
  isEnough: (judgement: Judgement, now: number) => boolean,
): Promise<number> {
  for (let now = from; ; now += lookMs) {
    service.runTo(now)
    if (isEnough(await judge(service.meter, watching, now), now) || now >= from + watchMs) return now
  }
}

/** What the product says at one look. */
export async function judge(
  meter: SloMeter,
  { slo, releases, rivals }: Watching,
  now: number,
): Promise<Judgement> {
  const watch = { slo, releases: releases(now), rivals: rivals(now), others: [] }
  return judgeRelease(slo, await measureRelease(meter, watch, now))
}
