import type { Configuration } from '../../domain/configuration.ts'
import type { Finding } from '../../domain/finding.ts'
import { formatObjectId } from '../../domain/kubernetes-object.ts'
import type { Actor, RepositoryRef } from '../../domain/refs.ts'
import { toEvidence } from '../../features/attestation/evidence.ts'
import { decideReview, newProblems } from '../../features/review/decide-review.ts'
import type { JudgedCommit } from '../../features/release/judged-commit.ts'
import { tenancyFindings } from '../../features/tenancy/tenancy-findings.ts'
import type { GitCommit, GitRepository } from '../../ports/git.ts'
import { gatherReviewFacts } from '../review/gather-review-facts.ts'
import { readConfiguration } from '../repository/read-configuration.ts'
import type { ConfigurationScope } from '../repository/read-organisation.ts'
import type { Ports } from '../ports.ts'
import { loadFiles, renderChange } from '../repository/render-revision.ts'
import { recordReviews } from '../review/record-reviews.ts'

interface JudgeRequest {
  ports: Ports
  repository: RepositoryRef
  git: GitRepository
  scope: ConfigurationScope
  signal: AbortSignal | undefined
}

/** The gates are asked again about the commit as it landed, at the time it landed, by the configuration before it. */
export async function judgeCommit(
  { ports, repository, git, scope, signal }: JudgeRequest,
  commit: GitCommit,
): Promise<JudgedCommit> {
  const parent = commit.parents[0] ?? commit.sha
  const pull = await ports.github.pullMergedAs(repository, commit.sha)
  if (!pull) {
    const [base, head] = await Promise.all([loadFiles(git, parent), loadFiles(git, commit.sha)])
    const rules = readConfiguration(base, scope).configuration
    const change = await renderChange(
      ports.renderer,
      git,
      base,
      head,
      rules,
      readConfiguration(head, scope).configuration,
      {
        isTrusted: true,
        signal,
      },
    )
    return {
      sha: commit.sha,
      outcome: 'block',
      verdicts: [],
      approvedBy: [],
      by: commit.author.name,
      newProblems: newProblems(change),
      ...tenancyOf(
        tenancyFindings(change.head.targets, rules, (source) => source),
        rules,
      ),
      before: change.base.targets,
      after: change.head.targets,
    }
  }
  const facts = await gatherReviewFacts(ports, pull, { base: parent, head: commit.sha }, signal)
  // A review may have come in with the merge, or its event may be lost.
  await recordReviews(ports, facts, parent, signal)
  const { at } = commit.committer
  const decision = decideReview(facts, ports.self.maskKey, at)
  const counted = new Set(decision.approvals.counted.map(({ login }) => login))
  const approvers = new Map<string, Actor>(
    facts.approvals.reviews
      .filter(({ author }) => counted.has(author.login))
      .map(({ author }) => [author.id, author]),
  )
  return {
    sha: commit.sha,
    pull,
    proposal: facts.proposal,
    outcome: decision.outcome,
    verdicts: decision.verdicts,
    approvedBy: [...approvers.values()],
    by: pull.mergedBy?.login ?? pull.author.login,
    newProblems: newProblems(facts),
    ...tenancyOf(facts.findings, facts.configuration),
    consents: facts.consents,
    evidence: toEvidence(facts, { base: parent, head: commit.sha }, decision.verdicts, at),
    before: facts.base.targets,
    after: facts.head.targets,
  }
}

function tenancyOf(
  findings: readonly Finding[],
  { tenants }: Configuration,
): Pick<JudgedCommit, 'tenants' | 'outside'> {
  const outside = findings
    .filter(({ gate }) => gate === 'tenancy')
    .map(({ target, object, message }) => ({ target, message: `${formatObjectId(object)}: ${message}` }))
  return { ...(tenants && { tenants }), ...(outside.length > 0 && { outside }) }
}
