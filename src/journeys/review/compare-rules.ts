import type { Action } from '../../domain/action.ts'
import type { Pull } from '../../domain/pull.ts'
import { type Instant, pullKey, type PullRef, type Sha } from '../../domain/refs.ts'
import type { Verdict } from '../../domain/verdict.ts'
import { decideReview } from '../../features/review/decide-review.ts'
import {
  describeRuleEffects,
  type JudgedTwice,
  type RuleEffects,
} from '../../features/review/rule-effects.ts'
import type { GitRepository } from '../../ports/git.ts'
import { gatherReviewFacts } from './gather-review-facts.ts'
import { perform } from '../perform/perform.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { readNarrowing } from './read-narrowing.ts'
import { reviewPageKey } from './review-page-key.ts'

/** Each is rendered and judged once more; the newest are those that people work on. */
const mostCompared = 50

/** The other pull requests go on meanwhile. */
const staleAfterMs = 15 * 60_000

/**
 * A pull request changes the rules: every other open one is judged as if it had been merged, and the differences are kept
 * for its comment, beside what runs and would be beyond its limits. Nothing is decided by it.
 */
export async function compareRules(
  ports: Ports,
  ref: PullRef,
  signal?: AbortSignal,
): Promise<JourneyOutcome> {
  const pull = await ports.github.pull(ref)
  if (pull?.state !== 'open') return { outcome: 'gone', actions: 0 }
  const git = await ports.repository(ref.repository)
  await git.fetch()
  const base = (await git.resolve(`refs/heads/${pull.baseBranch}`)) ?? pull.baseSha
  const ruled = await commitAsMerged(ports, git, pull, base)
  if (ruled === undefined) return { outcome: 'conflict', actions: 0 }
  const others = (await ports.github.openPulls(ref.repository))
    .filter((other) => other.baseBranch === pull.baseBranch && other.ref.number !== ref.number)
    .toSorted((left, right) => right.ref.number - left.ref.number)
  const judged: JudgedTwice[] = []
  for (const other of others.slice(0, mostCompared)) {
    const twice = await judgeTwice(ports, git, other, ruled, signal)
    if (twice) judged.push(twice)
  }
  const narrowing = await readNarrowing(ports, git, ref.repository, { before: base, after: ruled })
  return keep(ports, pull, {
    head: pull.headSha,
    at: ports.clock.now(),
    sentences: [...narrowing, ...describeRuleEffects(judged)],
    looked: judged.length,
    all: others.length,
  })
}

/** The base branch as it would be: on no branch, and of no use but to merge others into it. */
async function commitAsMerged(
  ports: Ports,
  git: GitRepository,
  pull: Pull,
  base: Sha,
): Promise<Sha | undefined> {
  const merged = await git.mergeTree(base, pull.headSha)
  if ('conflicts' in merged) return undefined
  const author = { name: ports.self.actor.login, email: '' }
  const message = `#${pull.ref.number} as if merged`
  return git.writeCommit({
    tree: merged.tree,
    parents: [base, pull.headSha],
    message,
    author,
    at: pull.updatedAt,
  })
}

/** Undefined where it was not looked at yet, or would conflict: nothing is said of it then. */
async function judgeTwice(
  ports: Ports,
  git: GitRepository,
  other: Pull,
  ruled: Sha,
  signal: AbortSignal | undefined,
): Promise<JudgedTwice | undefined> {
  const kept = await ports.store.cache.get(reviewPageKey(other.ref))
  const page = kept && (JSON.parse(Buffer.from(kept).toString('utf8')) as { head: Sha; verdicts: Verdict[] })
  const merged = await git.mergeTree(ruled, other.headSha)
  if (page?.head !== other.headSha || 'conflicts' in merged) return undefined
  const sides = { base: ruled, head: merged.tree }
  const facts = await gatherReviewFacts(ports, { ...other, baseSha: ruled }, sides, signal)
  const { verdicts, approvals } = decideReview(facts, ports.self.maskKey, ports.clock.now())
  const missing = [...approvals.missing.users.map((login) => `@${login}`), ...approvals.missing.teams]
  return { pull: other.ref.number, now: page.verdicts, later: verdicts, missing }
}

async function keep(ports: Ports, pull: Pull, effects: RuleEffects): Promise<JourneyOutcome> {
  const earlier = await readRuleEffects(ports, pull)
  const now = ports.clock.now()
  await ports.store.cache.put(keyOf(pull), Buffer.from(JSON.stringify(effects)), now)
  const isSame = earlier && JSON.stringify({ ...earlier, at: 0 }) === JSON.stringify({ ...effects, at: 0 })
  if (isSame) return { outcome: 'unchanged', actions: 0 }
  const action: Action = { kind: 'enqueue', work: { kind: 'review-pull', pull: pull.ref }, due: now }
  return { outcome: 'compared', actions: await perform(ports, [action]) }
}

/** What was found out for the present head; undefined until it was. */
export async function readRuleEffects(ports: Ports, pull: Pull): Promise<RuleEffects | undefined> {
  const kept = await ports.store.cache.get(keyOf(pull))
  const effects = kept && (JSON.parse(Buffer.from(kept).toString('utf8')) as RuleEffects)
  return effects?.head === pull.headSha ? effects : undefined
}

export function areStale(effects: RuleEffects | undefined, now: Instant): boolean {
  return effects === undefined || effects.at < now - staleAfterMs
}

function keyOf({ ref }: Pull): string {
  return `rule-effects/${pullKey(ref)}`
}
