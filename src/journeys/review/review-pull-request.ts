import type { Action } from '../../domain/action.ts'
import type { Pull } from '../../domain/pull.ts'
import type { Instant, PullRef } from '../../domain/refs.ts'
import { decideReview, hasTurned, type ReviewDecision } from '../../features/review/decide-review.ts'
import { standingHotfixes } from '../../features/review/change-class.ts'
import { overriddenGates } from '../../features/review/overridden-verdicts.ts'
import { type Published, reviewActions } from '../../features/review/review-actions.ts'
import type { ReviewFacts } from '../../features/review/review-facts.ts'
import { standingReview } from '../../features/review/standing-review.ts'
import { toReviewPage } from '../../features/review/review-page.ts'
import { reviewMarker } from '../../features/review/write-review-comment.ts'
import { areStale, readRuleEffects } from './compare-rules.ts'
import { dashboardPage, gatherReviewFacts } from './gather-review-facts.ts'
import { mergeByRule } from './merge-by-rule.ts'
import { perform } from '../perform/perform.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { readOwnComment } from './read-own-comment.ts'
import { atPresentBase } from '../repository/at-present-base.ts'
import { recordReviews } from './record-reviews.ts'
import { sayOnce } from '../perform/say-once.ts'
import { reviewPageKey, reviewPartKey } from './review-page-key.ts'
import { showRollout } from './show-rollout.ts'
import { keepStanding, lookAfterTurn } from './turn-windows.ts'
import { beginLook, endLook, withdrawVerdicts } from './unjudged.ts'

/**
 * A pull request is looked at: its comment and checks are brought to what they should be, and our own proposal is merged
 * when every gate is open. Nothing changed: nothing is written.
 */
export async function reviewPullRequest(
  ports: Ports,
  ref: PullRef,
  signal?: AbortSignal,
): Promise<JourneyOutcome> {
  const found = await ports.github.pull(ref)
  if (!found) return { outcome: 'gone', actions: 0 }
  if (found.state !== 'open') {
    const ended = await endLook(ports, found, { kind: 'closed' })
    if (found.state === 'closed') return { outcome: 'closed', actions: ended }
    const shown = await showRollout(ports, found)
    return { ...shown, actions: ended + shown.actions }
  }
  const begun = await beginLook(ports, found)

  const repository = await ports.repository(ref.repository)
  await repository.fetch()
  const pull = await atPresentBase(repository, found)
  const merged = await repository.mergeTree(pull.baseSha, pull.headSha)
  if ('conflicts' in merged) return showConflicts(ports, pull, merged.conflicts)

  // Before anything is read: a gate must not be open by the clock of afterwards and by what people had said before.
  const now = ports.clock.now()
  const facts = await gatherReviewFacts(
    ports,
    pull,
    { base: pull.baseSha, head: merged.tree, shown: pull.headSha },
    signal,
  )
  await recordReviews(ports, facts, pull.baseSha, signal)
  const decision = decideReview(facts, ports.self.maskKey, now)
  if (hasTurned(decision, ports.clock.now()))
    return { outcome: 'turned-meanwhile', actions: begun, next: ports.clock.now() }
  const effects = facts.changedRules.length > 0 ? await readRuleEffects(ports, pull) : undefined
  const actions = reviewActions(
    facts,
    decision,
    await readPublished(ports, pull),
    (name, view) => ports.words.write(name, view),
    dashboardPage(ports, pull),
    effects,
  )
  if (facts.changedRules.length > 0 && areStale(effects, ports.clock.now())) {
    const work = { kind: 'compare-rules' as const, pull: ref }
    await perform(ports, [{ kind: 'enqueue', work, due: ports.clock.now() }])
  }
  await keepReview(ports, facts, decision)
  await keepStanding(ports, ref.repository, standingReview(facts, decision))
  const shown: JourneyOutcome = {
    outcome: actions.length > 0 ? 'published' : 'unchanged',
    actions:
      begun +
      (await perform(ports, actions)) +
      (await announceOverrides(ports, pull, decision)) +
      (await announceHotfix(ports, facts, decision)),
    next: await nextLook(ports, ref, decision),
  }
  return decision.mergesByRule
    ? together(shown, await mergeByRule(ports, pull, facts.configuration.merge?.method, signal))
    : shown
}

/** Where the window gate turns, all that turn with it are written first, and looked at later. */
async function nextLook(
  ports: Ports,
  ref: PullRef,
  { next, turnsAt }: ReviewDecision,
): Promise<Instant | undefined> {
  if (turnsAt === undefined) return next
  const work = { kind: 'turn-windows' as const, repository: ref.repository }
  await perform(ports, [{ kind: 'enqueue', work, due: turnsAt }])
  return next === turnsAt ? lookAfterTurn(turnsAt, ref) : next
}

/** Said once for each head, when the second person has opened a gate. */
async function announceOverrides(ports: Ports, pull: Pull, { verdicts }: ReviewDecision): Promise<number> {
  const gates = overriddenGates(verdicts)
  if (gates.length === 0) return 0
  const marker = `override-${gates.map(({ gate }) => gate).join('-')}-${pull.headSha.slice(0, 12)}`
  return sayOnce(ports, pull.ref, marker, 'notice/override', { sha: pull.headSha, gates })
}

/** Said once for each head that somebody declared a hotfix. */
async function announceHotfix(ports: Ports, facts: ReviewFacts, { change }: ReviewDecision): Promise<number> {
  if (change.changeClass !== 'hotfix') return 0
  const hotfixes = standingHotfixes(facts, change.targets, ports.clock.now())
  const { ref, headSha } = facts.pull
  const marker = `hotfix-${headSha.slice(0, 12)}`
  return sayOnce(ports, ref, marker, 'notice/hotfix', { sha: headSha, hotfixes })
}

function together(shown: JourneyOutcome, merged: JourneyOutcome): JourneyOutcome {
  const times = [shown.next, merged.next].filter((time) => time !== undefined)
  return {
    outcome: merged.outcome,
    actions: shown.actions + merged.actions,
    next: times.length > 0 ? Math.min(...times) : undefined,
  }
}

async function readPublished(ports: Ports, pull: Pull): Promise<Published> {
  const [comment, checks, requested] = await Promise.all([
    readOwnComment(ports, pull.ref),
    ports.github.checks(pull.ref.repository, pull.headSha),
    ports.github.requestedReviewers(pull.ref),
  ])
  return { comment, checks, requested }
}

/** The decision behind the comment, for the dashboard's page of the whole diff: its parts first, then the page that names them. */
async function keepReview(ports: Ports, facts: ReviewFacts, decision: ReviewDecision): Promise<void> {
  const { page, parts } = toReviewPage(facts.pull, decision.diff, {
    affected: facts.affected,
    environments: facts.configuration.environments.map(({ name }) => name),
    verdicts: decision.verdicts,
  })
  const keep = (key: string, content: string) =>
    ports.store.cache.put(key, Buffer.from(content), ports.clock.now())
  for (const [key, content] of parts) await keep(reviewPartKey(key), content)
  await keep(reviewPageKey(facts.pull.ref), JSON.stringify(page))
}

/** A pull request that does not merge renders to nothing certain: comment and check say so, and the gate stays closed. */
async function showConflicts(ports: Ports, pull: Pull, paths: string[]): Promise<JourneyOutcome> {
  const closed = await withdrawVerdicts(ports, pull, { kind: 'conflict', branch: pull.baseBranch, paths })
  const body = ports.words.write('comment/conflict', {
    branch: pull.baseBranch,
    files: paths.length,
    paths: paths.slice(0, mostPaths),
    more: Math.max(0, paths.length - mostPaths),
  })
  // What the comment said last was true of a change that merged.
  const published = await readOwnComment(ports, pull.ref)
  const told: Action = { kind: 'upsert-comment', pull: pull.ref, marker: reviewMarker, body }
  const actions = closed + (published?.body === body ? 0 : await perform(ports, [told]))
  return { outcome: actions > 0 ? 'conflict' : 'unchanged', actions }
}

const mostPaths = 100
