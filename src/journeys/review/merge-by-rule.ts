import { actionKey, type Action } from '../../domain/action.ts'
import type { MergeMethod } from '../../domain/merge.ts'
import type { Pull } from '../../domain/pull.ts'
import type { Instant } from '../../domain/refs.ts'
import {
  type LastTry,
  type MergeTrouble,
  planMerge,
  preferMethod,
} from '../../features/merging/plan-merge.ts'
import { decideReview, hasTurned } from '../../features/review/decide-review.ts'
import { gatherReviewFacts } from './gather-review-facts.ts'
import { perform } from '../perform/perform.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { recordReviews } from './record-reviews.ts'
import { sayOnce } from '../perform/say-once.ts'

/**
 * Our own proposal, every gate open when it was looked at, is merged: the gates are asked once more with fresh facts, and
 * exactly the head that they judged is merged, by a method that the repository allows. What keeps it from being merged is
 * said once.
 */
export async function mergeByRule(
  ports: Ports,
  judged: Pull,
  method: MergeMethod | undefined,
  signal?: AbortSignal,
): Promise<JourneyOutcome> {
  const { ref } = judged
  const rules = preferMethod(await ports.github.mergeRules(ref), method)
  const plan = planMerge(await lastTry(ports, judged), rules, ports.clock.now())
  if (plan.kind === 'wait') return wait(ports, judged, plan)
  if (!(await isStillOpen(ports, judged, signal)))
    return { outcome: 'changed-meanwhile', actions: 0, next: ports.clock.now() }

  const actions = await perform(ports, [mergeAction(judged, plan.method)])
  const last = await lastTry(ports, judged)
  if (last?.kind === 'merged') return { outcome: 'merged', actions }
  const next = planMerge(last, rules, ports.clock.now())
  if (next.kind === 'try') return { outcome: 'merge-tried', actions, next: ports.clock.now() }
  const waiting = await wait(ports, judged, next)
  return { ...waiting, actions: waiting.actions + actions }
}

function mergeAction(
  { ref, headSha, title }: Pull,
  method: Extract<Action, { kind: 'merge-pull' }>['method'],
): Extract<Action, { kind: 'merge-pull' }> {
  return { kind: 'merge-pull', pull: ref, sha: headSha, method, title: `${title} (#${ref.number})` }
}

/** What the store remembers of the newest try with this very head. */
async function lastTry(ports: Ports, pull: Pull): Promise<LastTry | undefined> {
  const earlier = await ports.store.effects.find(actionKey(mergeAction(pull, 'squash')))
  const outcome = earlier.state === 'none' ? undefined : earlier.outcome
  return typeof outcome?.['tries'] === 'number' ? (outcome as unknown as LastTry) : undefined
}

/** Head and base are those that were judged, and every gate is open now: what was shown may be minutes old. */
async function isStillOpen(ports: Ports, judged: Pull, signal: AbortSignal | undefined): Promise<boolean> {
  const repository = await ports.repository(judged.ref.repository)
  await repository.fetch()
  const [found, baseSha] = await Promise.all([
    ports.github.pull(judged.ref),
    repository.resolve(`refs/heads/${judged.baseBranch}`),
  ])
  const isSame =
    found?.state === 'open' &&
    found.headSha === judged.headSha &&
    found.baseBranch === judged.baseBranch &&
    baseSha === judged.baseSha
  if (!isSame) return false
  const merged = await repository.mergeTree(judged.baseSha, judged.headSha)
  if ('conflicts' in merged) return false
  const pull = { ...found, baseSha: judged.baseSha }
  const now = ports.clock.now()
  const facts = await gatherReviewFacts(ports, pull, { base: pull.baseSha, head: merged.tree }, signal)
  await recordReviews(ports, facts, pull.baseSha, signal)
  const decision = decideReview(facts, ports.self.maskKey, now)
  return decision.mergesByRule && !hasTurned(decision, ports.clock.now())
}

async function wait(
  ports: Ports,
  pull: Pull,
  plan: { until: Instant; trouble?: MergeTrouble },
): Promise<JourneyOutcome> {
  const { until, trouble } = plan
  if (!trouble) return { outcome: 'merge-waits', actions: 0, next: until }
  const marker = `not-merged-${trouble.code.toLowerCase()}-${pull.headSha.slice(0, 12)}`
  const actions = await sayOnce(ports, pull.ref, marker, 'notice/not-merged', {
    ...trouble,
    sha: pull.headSha,
  })
  return { outcome: 'merge-refused', actions, next: until }
}
