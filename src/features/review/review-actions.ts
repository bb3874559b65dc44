import { createHash } from 'node:crypto'
import type { Action, CheckToPublish } from '../../domain/action.ts'
import type { CheckConclusion, PublishedCheck } from '../../domain/pull.ts'
import type { Outcome, Verdict } from '../../domain/verdict.ts'
import type { Write } from './review-view.ts'
import { reviewMarker, writeReviewComment } from './write-review-comment.ts'
import { writeCheck, writePlain } from './write-check.ts'
import { clip } from './comment-size.ts'
import type { ReviewDecision } from './decide-review.ts'
import { ownProposal, type ReviewFacts } from './review-facts.ts'

/** What GitHub shows of us at present. */
export interface Published {
  comment?: { id: string; body: string }
  checks: PublishedCheck[]
  requested: { users: string[]; teams: string[] }
}

/** Characters of an annotation; GitHub takes 64 KB and 255. */
const longestMessage = 4_000
const longestTitle = 200

const conclusions: Record<Outcome, CheckConclusion> = {
  pass: 'success',
  wait: 'action_required',
  block: 'failure',
}

/** The difference between what should be published and what is: empty when nothing changed. */
export function reviewActions(
  facts: ReviewFacts,
  decision: ReviewDecision,
  published: Published,
  write: Write,
  dashboard: string,
): Action[] {
  const { pull } = facts
  const body = writeReviewComment(write, {
    head: pull.headSha,
    base: pull.baseSha,
    diff: decision.diff,
    applications: facts.applications,
    notShown: facts.notShown,
    notices: facts.notices,
    environments: facts.configuration.environments.map(({ name }) => name),
    affected: facts.affected,
    verdicts: decision.verdicts,
    findings: facts.findings,
    problems: decision.problems,
    approvals: decision.approvals,
    proposal: ownProposal(facts),
    links: { dashboard },
  })
  const actions: Action[] = checksToPublish(facts, decision, write, dashboard)
    .filter((check) => !isPublished(check, published.checks))
    .map((check) => ({ kind: 'publish-check', repository: pull.ref.repository, check }))
  if (published.comment?.body !== body) {
    actions.push({ kind: 'upsert-comment', pull: pull.ref, marker: reviewMarker, body })
  }
  return [...actions, ...reviewerActions(facts, decision, published), ...mergeActions(facts, decision)]
}

function checksToPublish(facts: ReviewFacts, decision: ReviewDecision, write: Write, dashboard: string) {
  const checks = decision.verdicts.map((verdict) => {
    const annotations = verdict.gate === 'policy' ? facts.findings : []
    return toCheck(`drawbridge/${verdict.gate}`, verdict.outcome, [verdict], annotations)
  })
  // The aggregate is what lets people merge: it comes when all of its parts are there to be read.
  return [...checks, toCheck('drawbridge', decision.outcome, decision.verdicts, [])]

  function toCheck(
    name: string,
    outcome: Outcome,
    verdicts: Verdict[],
    annotations: CheckToPublish['annotations'],
  ): CheckToPublish {
    const content = {
      name,
      sha: facts.pull.headSha,
      status: 'completed' as const,
      conclusion: conclusions[outcome],
      ...writeCheck(write, { name, outcome, verdicts }),
      annotations: annotations.map(({ path, line, severity, message, policy }) => ({
        path,
        line,
        severity,
        message: writePlain(write, clip(message, longestMessage)),
        policy: writePlain(write, clip(policy, longestTitle)),
      })),
      detailsUrl: dashboard,
    }
    const fingerprint = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32)
    return { ...content, fingerprint }
  }
}

function isPublished(check: CheckToPublish, published: readonly PublishedCheck[]): boolean {
  return published.some(
    ({ name, sha, fingerprint }) =>
      name === check.name && sha === check.sha && fingerprint === check.fingerprint,
  )
}

/** Missing reviewers are asked once; whoever was asked already is left alone. */
function reviewerActions(facts: ReviewFacts, decision: ReviewDecision, published: Published): Action[] {
  if (facts.pull.isDraft) return []
  const users = decision.approvals.missing.users.filter(
    (login) => !isAmong(login, [facts.pull.author.login, ...published.requested.users]),
  )
  const teams = decision.approvals.missing.teams.filter(
    (team) => !isAmong(slugOf(team), published.requested.teams.map(slugOf)),
  )
  if (users.length + teams.length === 0) return []
  return [
    {
      kind: 'request-reviewers',
      pull: facts.pull.ref,
      sha: facts.pull.headSha,
      users,
      teams: teams.map(slugOf),
    },
  ]
}

/** GitHub's names do not tell upper from lower case, and CODEOWNERS is written by hand. */
function isAmong(name: string, names: readonly string[]): boolean {
  return names.some((other) => other.toLowerCase() === name.toLowerCase())
}

/** `@shop/payments` → `payments`: GitHub's API takes the slug alone. */
function slugOf(team: string): string {
  return team.slice(team.indexOf('/') + 1)
}

function mergeActions(facts: ReviewFacts, decision: ReviewDecision): Action[] {
  if (!decision.mergesByRule) return []
  const { ref, headSha, title } = facts.pull
  return [
    { kind: 'merge-pull', pull: ref, sha: headSha, method: 'squash', title: `${title} (#${ref.number})` },
  ]
}
