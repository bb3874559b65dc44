import type { Action } from '../../domain/action.ts'
import type { PublishedCheck } from '../../domain/pull.ts'
import type { Write } from './review-view.ts'
import { reviewMarker, writeReviewComment } from './write-review-comment.ts'
import { checkButtons, gateButtons } from './check-buttons.ts'
import type { ReviewDecision } from './decide-review.ts'
import { ownProposal, type ReviewFacts } from './review-facts.ts'
import type { RuleEffects } from './rule-effects.ts'
import { unpublished, verdictChecks } from './verdict-checks.ts'

/** What GitHub shows of us at present. */
export interface Published {
  comment?: { id: string; body: string }
  checks: PublishedCheck[]
  requested: { users: string[]; teams: string[] }
}

/** The difference between what should be published and what is: empty when nothing changed. */
export function reviewActions(
  facts: ReviewFacts,
  decision: ReviewDecision,
  published: Published,
  write: Write,
  dashboard: string,
  ruleEffects?: RuleEffects,
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
    hotfixUntil: decision.change.changeClass === 'hotfix' ? decision.change.classUntil : undefined,
    afterMerge: { rules: facts.changedRules.map(({ path }) => path), effects: ruleEffects },
    links: { dashboard },
  })
  const changed = new Set(decision.diff.targets.map(({ target }) => target.environment))
  const checks = verdictChecks(write, {
    sha: pull.headSha,
    verdicts: decision.verdicts,
    findings: facts.findings,
    buttons: checkButtons(facts.configuration, changed),
    gateButtons: (verdict) => gateButtons(facts.configuration, verdict),
    detailsUrl: dashboard,
    isLocked: pull.isLocked,
  })
  const actions: Action[] = unpublished(checks, published.checks).map((check) => ({
    kind: 'publish-check',
    repository: pull.ref.repository,
    check,
  }))
  // GitHub would refuse it; the check says where to read on.
  if (published.comment?.body !== body && !pull.isLocked) {
    actions.push({ kind: 'upsert-comment', pull: pull.ref, marker: reviewMarker, body })
  }
  return [...actions, ...reviewerActions(facts, decision, published)]
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
