import type { Instant, Revision } from '../../domain/refs.ts'
import type { Release } from '../../domain/release.ts'
import type { SourceState } from '../../domain/source-state.ts'
import type { Verdict } from '../../domain/verdict.ts'
import { presentState } from './source-states.ts'
import { spellSeconds } from './spell-seconds.ts'

export interface SourceFacts {
  /** The reconcilers' newest words on the application there, one per cluster. */
  releases: readonly Release[]
  /** Newest first; absent: what the releases say now, and nothing before it. */
  states?: readonly SourceState[]
  /** A source commit of it that is asked about; absent: whatever is through. */
  carried?: Revision
  /** A person wants exactly that: where it is from before all that counts, it counts how what is there now does. */
  isAsked?: boolean
}

export interface SourceVerdict extends Verdict {
  /** What may go on, newest first. */
  through: SourceState[]
  /** When something newer may. */
  next?: Instant
}

/**
 * Whether what runs in one environment may go on to the next, and what of it: whatever has been healthy for the soak since it
 * first was, though newer releases took its place meanwhile, as long as none of them failed. So a source that is released to
 * every few minutes does not keep those behind it waiting.
 *
 * | the source now        | a release that took nothing back, and was not taken back | outcome                |
 * | nothing is known      | –                                                        | wait                   |
 * | degraded, refused     | –                                                        | block                  |
 * | out of reach          | –                                                        | wait                   |
 * | anything else         | has soaked                                               | pass, the newest of them first |
 * | anything else         | soaks                                                    | wait until the first has |
 * | anything else         | was not healthy on every cluster, or is rolled out still | wait                   |
 */
export function evaluateSource(
  environment: string,
  soakSeconds: number,
  facts: SourceFacts,
  now: Instant,
): SourceVerdict {
  const { releases } = facts
  const verdict = (part: Omit<SourceVerdict, 'gate' | 'details' | 'through'> & Partial<SourceVerdict>) => ({
    gate: 'promotion' as const,
    details: [],
    through: [],
    ...part,
  })
  if (releases.length === 0) {
    return verdict({ outcome: 'wait', reason: `nothing is known to run in ${environment} yet` })
  }
  const failed = releases.filter(({ phase }) => phase === 'degraded' || phase === 'refused')
  if (failed.length > 0) {
    return verdict({
      outcome: 'block',
      reason: `${environment} is not healthy`,
      details: failed.map(describe),
      fix: `make ${environment} healthy again, or promote another version`,
    })
  }
  const unsettled = releases.filter(({ phase, healthyAt }) => phase !== 'healthy' || healthyAt === undefined)
  const soaks = soaksOf(facts, soakSeconds)
  const isLost = releases.some(({ phase }) => phase === 'unreachable')
  if (isLost || soaks.length === 0) {
    return verdict({
      outcome: 'wait',
      reason: `${environment} is not healthy yet`,
      details: unsettled.length > 0 ? unsettled.map(describe) : [whyNone(facts)],
    })
  }
  const soak = spellSeconds(soakSeconds)
  const through = soaks.filter(({ until }) => until <= now).map(({ is }) => is)
  const next = soaks.map(({ until }) => until).filter((until) => until > now)
  if (through.length === 0) {
    const until = Math.min(...next)
    const left = spellSeconds(Math.ceil((until - now) / 1000))
    return verdict({
      outcome: 'wait',
      reason: `healthy in ${environment}; soaks ${soak}, ${left} to go`,
      until,
    })
  }
  return verdict({
    outcome: 'pass',
    reason: soakSeconds > 0 ? `healthy in ${environment} for ${soak} and more` : `healthy in ${environment}`,
    through,
    ...(next.length > 0 && { next: Math.min(...next) }),
  })
}

interface Soak {
  is: SourceState
  until: Instant
}

/** What is healthy or was until something healthy took its place, with the end of its soak. */
function soaksOf(facts: SourceFacts, soakSeconds: number): Soak[] {
  return askedAbout(facts)
    .filter(({ isUnderWay, isPinned }) => !isUnderWay && !isPinned)
    .flatMap((is) => {
      const healthyAt = healthySince(is, facts.releases)
      return healthyAt === undefined ? [] : [{ is, until: healthyAt + soakSeconds * 1000 }]
    })
}

/** What was rendered again as the very same counts as well. */
function askedAbout({ releases, states = presentState(releases), carried, isAsked }: SourceFacts) {
  const counting = sinceLastReturn(states)
  if (carried === undefined) return counting
  const asked = states.find(({ targets }) => targets.some(({ revision }) => revision === carried))
  const found = counting.filter((is) => asked && rendersAs(is) === rendersAs(asked))
  return found.length === 0 && isAsked ? counting.slice(0, 1) : found
}

/** Back to the newest revert, or to what brought an earlier state back in another way: what it replaced was not wanted. */
function sinceLastReturn(states: readonly SourceState[]): SourceState[] {
  const rendered = states.map(rendersAs)
  const isReturn = (index: number) => {
    const before = rendered.slice(index).findIndex((each) => each !== rendered[index])
    return before > 0 && rendered.includes(rendered[index] ?? '', index + before)
  }
  const last = states.findIndex(({ isRevert }, index) => isRevert || isReturn(index))
  return last < 0 ? [...states] : states.slice(0, last + 1)
}

function rendersAs({ targets }: SourceState): string {
  return targets
    .map(({ cluster, digest }) => `${cluster} ${digest}`)
    .toSorted()
    .join()
}

/** When it was healthy on the last of its clusters. */
function healthySince({ targets }: SourceState, releases: readonly Release[]): Instant | undefined {
  const instants = targets.map(({ cluster, revision, digest }) => {
    const release = releases.find(({ target }) => target.cluster === cluster)
    const known = [...(release?.phase === 'healthy' ? [release] : []), ...(release?.past ?? [])]
    return known.find((each) => each.revision === revision && each.digest === digest)?.healthyAt
  })
  return instants.includes(undefined) ? undefined : Math.max(...instants.flatMap((at) => at ?? []))
}

function whyNone({ states = [], carried }: SourceFacts): string {
  if (states[0]?.isUnderWay) return 'the waves of its roll-out are not over'
  if (states[0]?.isPinned) return 'its version is pinned away there'
  return carried === undefined
    ? 'what is attested there now is not healthy on every cluster'
    : 'what this carries was taken back there, or was never healthy on every cluster'
}

function describe({ target, phase, reason }: Release): string {
  return `${target.application} on ${target.cluster} is ${phase}${reason ? `: ${reason}` : ''}`
}
