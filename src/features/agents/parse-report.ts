import type { Report, TargetWord } from '../../domain/agent.ts'
import { type Health, healthStatuses } from '../../domain/health.ts'
import type { Instant, Target } from '../../domain/refs.ts'
import {
  type DriftReport,
  type ObjectDrift,
  type Pause,
  type Release,
  type ReleasePhase,
  releasePhases,
} from '../../domain/release.ts'

/** Longer texts of an agent are cut: they go onto pages and into comments. */
const mostText = 2_000
const mostFields = 50
const mostDrifts = 20
const mostReleases = 20_000
const mostAsked = 1_000

/**
 * The report in a body that is known to be JSON; undefined where it is none. Only known fields are taken, each of its
 * type and bounded: what a cluster says is no more trusted than the cluster.
 */
export function parseReport(body: string): Report | undefined {
  const value = JSON.parse(body) as Partial<Record<keyof Report, unknown>>
  const { kind, epoch, sequence, identity, releases } = value
  if (kind !== 'snapshot' && kind !== 'delta') return undefined
  if (!isCount(epoch) || !isCount(sequence) || typeof identity !== 'string') return undefined
  if (identity === '' || identity.length > 100) return undefined
  if (!Array.isArray(releases) || releases.length > mostReleases) return undefined
  const parsed = releases.map(parseRelease)
  if (parsed.includes(undefined)) return undefined
  return {
    kind,
    epoch,
    sequence,
    identity,
    ...(value.isIdentityAccepted === true && { isIdentityAccepted: true }),
    releases: parsed.filter((release) => release !== undefined),
    ...parseAsks(value.asks),
  }
}

function parseAsks(value: unknown): Pick<Report, 'asks'> {
  const asks = Array.isArray(value) ? value.slice(0, mostAsked).flatMap((one) => parseTarget(one) ?? []) : []
  return asks.length > 0 ? { asks } : {}
}

/** What the app answers of targets elsewhere; what is none of it is left out. */
export function parseWords(value: unknown): TargetWord[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, mostAsked).flatMap((one) => {
    const { target: said, digest, phase } = fieldsOf(one)
    const target = parseTarget(said)
    return target !== undefined && isShort(digest) && isPhase(phase) ? [{ target, digest, phase }] : []
  })
}

function parseTarget(value: unknown): Target | undefined {
  const { application, environment, cluster } = fieldsOf(value)
  if (!isShort(application) || !isShort(environment) || !isShort(cluster)) return undefined
  return { application, environment, cluster }
}

function parseRelease(value: unknown): Release | undefined {
  const release = fieldsOf(value)
  const target = parseTarget(release['target'])
  const health = parseHealth(release['health'])
  const drift = release['drift'] === undefined ? undefined : parseDrift(release['drift'])
  const { revision, digest, phase, since, appliedAt, healthyAt, reason } = release
  if (target === undefined) return undefined
  if (!isShort(revision) || !isShort(digest) || !isPhase(phase) || !isCount(since)) return undefined
  if (health === undefined || (release['drift'] !== undefined && drift === undefined)) return undefined
  return {
    target,
    revision,
    digest,
    phase,
    health,
    since,
    ...(isCount(appliedAt) && { appliedAt }),
    ...(isCount(healthyAt) && { healthyAt }),
    reason: textOf(reason),
    ...(drift && { drift }),
    ...parsePause(release['pause']),
  }
}

function parseHealth(value: unknown): Health | undefined {
  const { status, reason } = fieldsOf(value)
  const known = healthStatuses.find((one) => one === status)
  return known && { status: known, reason: textOf(reason) }
}

function parseDrift(value: unknown): DriftReport | undefined {
  const first = parseObjectDrift(value)
  const { others, more } = fieldsOf(value)
  const told = Array.isArray(others)
    ? others.slice(0, mostDrifts).flatMap((other) => parseObjectDrift(other) ?? [])
    : []
  return first && { ...first, ...(told.length > 0 && { others: told }), ...(isCount(more) && { more }) }
}

function parseObjectDrift(value: unknown): ObjectDrift | undefined {
  const { at, object, fields, manager, healed, count, isReportOnly } = fieldsOf(value)
  if (!isCount(at) || !isCount(count) || typeof healed !== 'boolean' || !Array.isArray(fields))
    return undefined
  return {
    at,
    object: textOf(object),
    fields: fields.slice(0, mostFields).map(textOf),
    ...(typeof manager === 'string' && { manager: textOf(manager) }),
    healed,
    count,
    ...(isReportOnly === true && { isReportOnly }),
  }
}

/** A pause that is none is not worth the report: the reason names it as well. */
function parsePause(value: unknown): { pause?: Pause } {
  const { environment, application, reason, by, at, until } = fieldsOf(value)
  if (!isShort(environment) || !isShort(application) || !isShort(by) || !isCount(at)) return {}
  const pause = { environment, application, reason: textOf(reason), by, at }
  return { pause: { ...pause, ...(isCount(until) && { until }) } }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, mostText) : ''
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 300
}

function isCount(value: unknown): value is Instant {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isPhase(value: unknown): value is ReleasePhase {
  return releasePhases.some((phase) => phase === value)
}
