import type { Configuration } from '../../domain/configuration.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Slo } from '../../domain/slo.ts'
import { rollbackLimits } from '../../features/rollback/guards.ts'
import { pinOf } from '../../features/rollback/pin-release.ts'
import { type BurnSpan, burnSpans } from '../../features/slo/burn-spans.ts'
import { evaluateSlo } from '../../features/slo/evaluate-slo.ts'
import {
  type ReplayedLook,
  type ReplayedRelease,
  replayedRelease,
} from '../../features/slo/replayed-release.ts'
import type { RecordedMeter } from '../slo/create-recorded-meter.ts'
import { cloneRepository } from '../repository/clone-repository.ts'
import { lookAtSlo, type SloLook } from './look-at-slo.ts'
import { measureNow } from '../slo/measure-release.ts'
import type { PastLedger, PastRelease } from './past-ledger.ts'

export interface SloReplay {
  releases: ReplayedRelease[]
  /** When an SLO burned though nothing of its application had been released in the hour before. */
  burns: ({ slo: string; application: string; environment: string } & BurnSpan)[]
}

export interface ReplayRequest {
  configuration: Configuration
  /** Of the configuration, those that are replayed. */
  slos: readonly Slo[]
  past: PastLedger
  meter: RecordedMeter
  from: Instant
  to: Instant
  onLook: (done: number, all: number) => void
}

/** A burn of five minutes is seen by the shortest window. */
const burnLookMs = 5 * 60_000

/** There is one pull request for each release, whatever burns. */
const takenBefore = {
  kind: 'nothing',
  reason: 'what burns had been taken back before',
  merge: undefined,
  questions: undefined,
} as const

interface PastWatch {
  slo: Slo
  release: PastRelease
  looks: ReplayedLook[]
  isOver: boolean
}

/**
 * What the SLOs would have done about past releases, decided by the code that guards releases, from what was recorded. All
 * looks are taken in the order of time, so that a revert counts for the limits of later ones; what was released after it
 * stays as it was.
 */
export async function replaySlo(request: ReplayRequest): Promise<SloReplay> {
  const { past, onLook } = request
  const looks = (await Promise.all(request.slos.map((slo) => planLooks(request, slo)))).flat()
  const taken = new Set<string>()
  const inOrder = looks.toSorted((left, right) => left.at - right.at)
  for (const [index, { at, watch }] of inOrder.entries()) {
    onLook(index, inOrder.length)
    if (watch.isOver) continue
    const look = await lookBack(request, watch, at)
    if (!look) continue
    const { judged } = look
    const { bad, state } = judged.watch
    const key = `${bad.target.environment}/${bad.target.application}/${bad.revision}`
    watch.isOver = look.decision.kind === 'revert'
    const decision = watch.isOver && taken.has(key) ? { ...look.decision, ...takenBefore } : look.decision
    watch.looks.push({ at, decision, state: judged.judgement.state, bad })
    if (decision.kind === 'revert') {
      taken.add(key)
      past.pin(pinOf(state, bad, undefined, { reason: 'replayed', by: 'drawbridge', at }))
    }
  }
  onLook(inOrder.length, inOrder.length)
  const watches = [...new Set(looks.map(({ watch }) => watch))]
  const releases = watches.map(({ slo, release, looks: taken }) =>
    replayedRelease(slo, release.attestation, release.at, taken),
  )
  const burns = await Promise.all(request.slos.map((slo) => burnsWithout(request, slo)))
  return { releases: releases.toSorted((a, b) => a.releasedAt - b.releasedAt), burns: burns.flat() }
}

/** Of each release, from when it was there until the next was, or it is not watched any more. */
async function planLooks(
  { past, meter, from, to }: ReplayRequest,
  slo: Slo,
): Promise<{ at: Instant; watch: PastWatch }[]> {
  const stepMs = (await meter.stepSeconds(slo)) * 1000
  const releases = past.releases(slo.application, slo.environment)
  return releases.flatMap((release, index) => {
    const { kind } = release.attestation
    if (release.at < from || release.at > to || kind === 'revert' || kind === 'baseline') return []
    const watch: PastWatch = { slo, release, looks: [], isOver: false }
    const last = Math.min(to, release.at + rollbackLimits.watchMs, (releases[index + 1]?.at ?? Infinity) - 1)
    const first = Math.ceil(release.at / stepMs) * stepMs
    const length = Math.max(0, Math.floor((last - first) / stepMs) + 1)
    return Array.from({ length }, (_, step) => ({ at: first + step * stepMs, watch }))
  })
}

async function lookBack(
  { configuration, past, meter }: ReplayRequest,
  { slo, release }: PastWatch,
  at: Instant,
): Promise<SloLook | undefined> {
  const state = past.state(slo.environment, at)
  if (!state) return undefined
  const watch = {
    repository: cloneRepository,
    tip: { configuration },
    slo,
    state,
    bad: release.attestation,
    appliedAt: release.at,
  }
  return lookAtSlo({ ...past.asOf(at), meter }, watch, at)
}

async function burnsWithout({ past, meter, from, to }: ReplayRequest, slo: Slo): Promise<SloReplay['burns']> {
  const looks: { at: Instant; verdict: ReturnType<typeof evaluateSlo> }[] = []
  for (let at = Math.ceil(from / burnLookMs) * burnLookMs; at <= to; at += burnLookMs) {
    const { blind, burnRate } = await measureNow(meter, slo, at)
    if (blind === undefined) looks.push({ at, verdict: evaluateSlo(slo, burnRate) })
  }
  const watched = past
    .releases(slo.application, slo.environment)
    .map(({ at }) => ({ from: at, to: at + rollbackLimits.watchMs }))
  const { name, application, environment } = slo
  return burnSpans(looks, burnLookMs, watched).map((span) => ({
    slo: name,
    application,
    environment,
    ...span,
  }))
}
