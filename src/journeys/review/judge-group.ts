import type { Action } from '../../domain/action.ts'
import type { QueueEntry } from '../../domain/pull.ts'
import type { RepositoryRef, Sha } from '../../domain/refs.ts'
import { decideReview, type ReviewDecision } from '../../features/review/decide-review.ts'
import { groupVerdicts } from '../../features/review/group-verdicts.ts'
import { baseOfQueueBranch, queueChain } from '../../features/review/queue-chain.ts'
import { renderAgain } from '../../features/review/check-buttons.ts'
import type { ReviewFacts } from '../../features/review/review-facts.ts'
import { unpublished, verdictChecks } from '../../features/review/verdict-checks.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { GitRepository } from '../../ports/git.ts'
import { dashboardPage, gatherReviewFacts } from './gather-review-facts.ts'
import { perform } from '../perform/perform.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { recordReviews } from './record-reviews.ts'
import { aggregateOf, publishUnjudgedCommit } from './unjudged.ts'

/**
 * The commit of a merge queue is judged as it would be after the merge: each pull request in it on what it adds to those
 * before it, with the approvals that were given to exactly that, and with the windows and freezes of this moment.
 */
export async function judgeGroup(
  ports: Ports,
  repository: RepositoryRef,
  branch: string,
  signal?: AbortSignal,
): Promise<JourneyOutcome> {
  const git = await ports.repository(repository)
  await git.fetch()
  const base = baseOfQueueBranch(branch)
  const sha = await git.resolve(`refs/heads/${branch}`)
  if (base === undefined || sha === undefined) return { outcome: 'gone', actions: 0 }
  const begun = (await aggregateOf(ports, repository, sha))
    ? 0
    : await publishUnjudgedCommit(ports, repository, sha, { kind: 'begun' })
  const chain = await readChain(ports, git, repository, { branch, base, sha })
  const judged: Judged[] = []
  for (const entry of chain) judged.push(await judge(ports, repository, entry, signal))
  return publish(ports, repository, sha, judged, begun)
}

/** All pull requests between the base branch and the commit; part of them would be a verdict about something else. */
async function readChain(
  ports: Ports,
  git: GitRepository,
  repository: RepositoryRef,
  { branch, base, sha }: { branch: string; base: string; sha: Sha },
): Promise<QueueEntry[]> {
  const chain = queueChain(sha, await ports.github.mergeQueue(repository, base))
  const tip = await git.resolve(`refs/heads/${base}`)
  const first = chain[0]
  if (first && tip && (await git.isAncestor(first.baseSha, tip))) return chain
  throw new AdapterError({
    system: 'github',
    operation: 'merge queue',
    target: branch,
    retryable: true,
    message: 'does not say which pull requests are in this commit',
  })
}

interface Judged {
  facts: ReviewFacts
  decision: ReviewDecision
}

async function judge(
  ports: Ports,
  repository: RepositoryRef,
  entry: QueueEntry,
  signal: AbortSignal | undefined,
): Promise<Judged> {
  const found = await ports.github.pull({ repository, number: entry.pull })
  if (!found) {
    throw new AdapterError({
      system: 'github',
      operation: 'pull',
      target: `#${entry.pull}`,
      retryable: true,
      message: 'is in the merge queue and was not found',
    })
  }
  const sides = { base: entry.baseSha, head: entry.headSha }
  const facts = await gatherReviewFacts(ports, { ...found, baseSha: entry.baseSha }, sides, signal)
  await recordReviews(ports, facts, entry.baseSha, signal)
  return { facts, decision: decideReview(facts, ports.self.maskKey, ports.clock.now()) }
}

async function publish(
  ports: Ports,
  repository: RepositoryRef,
  sha: Sha,
  judged: Judged[],
  begun: number,
): Promise<JourneyOutcome> {
  const last = judged.at(-1)
  if (!last) return { outcome: 'gone', actions: begun }
  const verdicts = groupVerdicts(
    judged.map(({ facts, decision }) => ({ pull: facts.pull.ref.number, verdicts: decision.verdicts })),
  )
  const checks = verdictChecks((name, view) => ports.words.write(name, view), {
    sha,
    verdicts,
    findings: judged.flatMap(({ facts }) => facts.findings),
    buttons: [renderAgain],
    detailsUrl: dashboardPage(ports, last.facts.pull),
  })
  const published = await ports.github.checks(repository, sha)
  const actions = unpublished(checks, published).map((check): Action => ({
    kind: 'publish-check',
    repository,
    check,
  }))
  return {
    outcome: actions.length > 0 ? 'published' : 'unchanged',
    actions: begun + (await perform(ports, actions)),
  }
}
