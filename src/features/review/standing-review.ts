import { createHash } from 'node:crypto'
import type { Configuration } from '../../domain/configuration.ts'
import type { Permission, PullMark } from '../../domain/pull.ts'
import type { Actor, Instant, Sha } from '../../domain/refs.ts'
import type { Freeze, Lock, Override, Pin } from '../../domain/release.ts'
import { type Verdict, worstOutcome } from '../../domain/verdict.ts'
import { evaluateWindows, nextChange } from '../windows/evaluate-windows.ts'
import { type ReleasedChange, windowRequest } from '../windows/window-request.ts'
import { applyOverrides } from './apply-overrides.ts'
import type { ReviewDecision } from './decide-review.ts'
import type { ReviewFacts } from './review-facts.ts'

/** What a look at a pull request found, kept so that its window gate can be asked again without another look. */
export interface StandingReview {
  mark: PullMark
  base: Sha
  change: ReleasedChange
  /** What the gates said before any override. */
  judged: Verdict[]
  /** Of the rules that they were asked by. */
  rules: string
  hasCommentApprovals: boolean
  /** Who reviewed, and what they may do here. */
  reviewers: { actor: Actor; permission: Permission }[]
  /** Ids of the members by team; null: there is no such team. */
  teams: Record<string, string[] | null>
}

/** What closes, opens and allows at the moment of the turn. */
export interface TurnFacts {
  configuration: Configuration
  /** Tip of the base branch. */
  base: Sha
  freezes: Freeze[]
  locks: Lock[]
  overrides: Override[]
  pins: Pin[]
}

export function standingReview(facts: ReviewFacts, decision: ReviewDecision): StandingReview {
  const { pull, approvals } = facts
  const { reviews, permissions, teams } = approvals
  const byReview = reviews.filter(({ isByComment }) => !isByComment)
  const people = new Map(byReview.map(({ author }) => [author.id, author]))
  return {
    mark: {
      number: pull.ref.number,
      headSha: pull.headSha,
      baseBranch: pull.baseBranch,
      isDraft: pull.isDraft,
      reviews: byReview.map(({ id, state }) => `${id} ${state}`).toSorted(),
    },
    base: pull.baseSha,
    change: decision.change,
    judged: decision.judged,
    rules: hashOf(facts.configuration, facts.pins),
    hasCommentApprovals: byReview.length < reviews.length,
    reviewers: [...people.values()].map((actor) => ({
      actor,
      permission: permissions.get(actor.id) ?? 'none',
    })),
    teams: Object.fromEntries([...teams].map(([name, members]) => [name, members.map(({ id }) => id)])),
  }
}

export interface Turn {
  /** After the window gate was asked again; undefined where it says what it said. */
  verdicts?: Verdict[]
  /** People may merge, by what the other gates said: nothing of what those were asked about may have changed. */
  opens: boolean
  next?: Instant
}

/** The window gate of a pull request asked again at this moment; every other gate says what it said. */
export function turnWindow(standing: StandingReview, facts: TurnFacts, now: Instant): Turn {
  const request = windowRequest(standing.change, facts)
  const next = nextChange(request, now)
  const window = evaluateWindows(request, now)
  const before = standing.judged.find(({ gate }) => gate === 'window')
  if (JSON.stringify(before) === JSON.stringify(window)) return { opens: false, next }
  const judged = standing.judged.map((verdict) => (verdict.gate === 'window' ? window : verdict))
  const { number, headSha } = standing.mark
  const verdicts = applyOverrides(judged, facts.overrides, { pull: number, head: headSha }, now)
  return { verdicts, opens: worstOutcome(verdicts) === 'pass', next }
}

/** The standing with the window's new answer. */
export function turned(standing: StandingReview, facts: TurnFacts, now: Instant): StandingReview {
  const window = evaluateWindows(windowRequest(standing.change, facts), now)
  return {
    ...standing,
    judged: standing.judged.map((verdict) => (verdict.gate === 'window' ? window : verdict)),
  }
}

/** What people were seen to be and to have said, as it is now. */
export interface PeopleNow {
  mark: PullMark
  permissions: ReadonlyMap<string, Permission>
  teams: ReadonlyMap<string, readonly Actor[]>
}

/**
 * Whether everything that the other gates were asked about is as it was: head, base, rules, reviews, what reviewers may do,
 * who is in which team. A gate never opens on evidence that may be stale; what differs, or cannot be told, needs a look.
 */
export function isAsSeen(standing: StandingReview, facts: TurnFacts, people: PeopleNow): boolean {
  if (standing.hasCommentApprovals || standing.change.changeClass !== 'change') return false
  return (
    people.mark.reviews !== undefined &&
    JSON.stringify(standing.mark) === JSON.stringify(people.mark) &&
    standing.base === facts.base &&
    standing.rules === hashOf(facts.configuration, facts.pins) &&
    standing.reviewers.every(({ actor, permission }) => people.permissions.get(actor.id) === permission) &&
    Object.entries(standing.teams).every(([name, ids]) => isSameTeam(ids, people.teams.get(name)))
  )
}

function isSameTeam(before: string[] | null, now: readonly Actor[] | undefined): boolean {
  return JSON.stringify(before?.toSorted()) === JSON.stringify(now?.map(({ id }) => id).toSorted())
}

/** Production first, and what closes before what opens: the later an environment stands in the graph, the sooner it turns. */
export function turnOrder(
  { change }: StandingReview,
  { opens }: Turn,
  { environments }: Configuration,
): [number, number] {
  const depths = change.targets.map(({ environment }) => depthOf(environment, environments))
  return [opens ? 1 : 0, -Math.max(0, ...depths)]
}

/** How many environments a version passes before this one, the longest way. A circle, which the configuration refuses, ends the count. */
function depthOf(
  name: string,
  environments: Configuration['environments'],
  known: Map<string, number> = new Map(),
): number {
  const depth = known.get(name)
  if (depth !== undefined) return depth
  known.set(name, 0)
  const from = environments.find((environment) => environment.name === name)?.promotion?.from.environments
  const found = from ? 1 + Math.max(0, ...from.map((each) => depthOf(each, environments, known))) : 0
  known.set(name, found)
  return found
}

function hashOf(configuration: Configuration, pins: readonly Pin[]): string {
  return createHash('sha256')
    .update(JSON.stringify([configuration, pins]))
    .digest('hex')
}
