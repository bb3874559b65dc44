import type { Problem } from '../../domain/problem.ts'
import type { Instant } from '../../domain/refs.ts'
import type { RepositoryDiff } from '../../domain/object-diff.ts'
import type { RenderedTarget } from '../../domain/rendered-target.ts'
import { type Outcome, type Verdict, worstOutcome } from '../../domain/verdict.ts'
import { type ApprovalDecision, evaluateApprovals } from '../approvals/evaluate-approvals.ts'
import { diffRenderings } from '../diff/diff-renderings.ts'
import { evaluatePolicyGate } from '../policy/evaluate-policy-gate.ts'
import { evaluatePromotionEdge } from '../promotion/evaluate-edge.ts'
import { imageVersions } from '../promotion/image-versions.ts'
import { evaluateWindows, nextBoundary } from '../windows/evaluate-windows.ts'
import { changeClassOf, environmentNamed, type ReviewFacts } from './review-facts.ts'

export interface ReviewDecision {
  outcome: Outcome
  /** One per gate, in the order of `gateNames`. */
  verdicts: Verdict[]
  diff: RepositoryDiff
  approvals: ApprovalDecision
  /** Problems that this change makes, of every kind. */
  problems: Problem[]
  /** Our own proposal, every gate open, and the rules let us merge it. */
  mergesByRule: boolean
  /** When an answer may change without anybody doing anything. */
  next?: Instant
}

/** What is said about a pull request: every gate's verdict and what changes where. The worst outcome wins. */
export function decideReview(facts: ReviewFacts, maskKey: string, now: Instant): ReviewDecision {
  const diff = diffRenderings(facts.base, facts.head, { maskKey })
  const changed = changedTargets(facts, diff)
  const approvals = decideApprovals(facts, changed)
  const verdicts: Verdict[] = [
    configurationVerdict(facts),
    renderVerdict(facts, diff),
    evaluatePolicyGate(facts.findings, facts.policyProblems),
    approvals.verdict,
    windowVerdict(facts, changed, now),
    promotionVerdict(facts, changed, now),
  ]
  const outcome = worstOutcome(verdicts)
  return {
    outcome,
    verdicts,
    diff,
    approvals,
    problems: [
      ...facts.configurationProblems,
      ...facts.codeownersProblems,
      ...newProblems(facts),
      ...facts.policyProblems,
    ],
    mergesByRule: outcome === 'pass' && mayMergeByRule(facts),
    next: nextLook(facts, changed, verdicts, now),
  }
}

/** The head's targets that render differently; a removed target is represented by its base side. */
function changedTargets(facts: ReviewFacts, diff: RepositoryDiff): RenderedTarget[] {
  const find = (targets: RenderedTarget[], wanted: RepositoryDiff['targets'][number]) =>
    targets.find(
      ({ target }) =>
        target.application === wanted.target.application &&
        target.environment === wanted.target.environment &&
        target.cluster === wanted.target.cluster,
    )
  return diff.targets.flatMap(
    (target) => find(facts.head.targets, target) ?? find(facts.base.targets, target) ?? [],
  )
}

function decideApprovals(facts: ReviewFacts, changed: RenderedTarget[]): ApprovalDecision {
  return evaluateApprovals({
    ...facts.approvals,
    pull: facts.pull,
    changeClass: changeClassOf(facts.proposal),
    proposal: facts.proposal,
    environments: facts.configuration.environments,
    changes: changed.map(({ target, source, digest }) => ({
      environment: target.environment,
      application: target.application,
      cluster: target.cluster,
      digest,
      paths: facts.affected.find(
        (entry) => entry.source === source && entry.environment === target.environment,
      )?.changedPaths ?? [source],
    })),
  })
}

function configurationVerdict(facts: ReviewFacts): Verdict {
  const count = facts.configurationProblems.length
  if (count === 0) {
    const reason = facts.configuration.isConfigured
      ? 'the configuration is valid'
      : 'no .drawbridge.yaml on the base branch: everything is discovered, nothing is gated'
    return { gate: 'configuration', outcome: 'pass', reason, details: [] }
  }
  return {
    gate: 'configuration',
    outcome: 'block',
    reason: `${count} ${count === 1 ? 'problem' : 'problems'} in the configuration as this pull request leaves it`,
    details: facts.configurationProblems.map(describeProblem),
    fix: 'mend the lines named; `drawbridge validate` says the same on your machine',
  }
}

function renderVerdict(facts: ReviewFacts, diff: RepositoryDiff): Verdict {
  const problems = newProblems(facts)
  if (problems.length > 0) {
    return {
      gate: 'render',
      outcome: 'block',
      reason: `${problems.length} ${problems.length === 1 ? 'source does' : 'problems; some sources do'} not render`,
      details: problems.map(describeProblem),
      fix: problems[0]?.fix,
    }
  }
  const objects = diff.targets.reduce((sum, target) => sum + target.objects.length, 0)
  const reason =
    objects === 0
      ? 'nothing renders differently'
      : `${objects} ${objects === 1 ? 'object changes' : 'objects change'} in ${diff.targets.length} ${diff.targets.length === 1 ? 'target' : 'targets'}`
  return { gate: 'render', outcome: 'pass', reason, details: [] }
}

/** Problems of the head that the base did not have: an old wound elsewhere does not stop this change. */
function newProblems(facts: ReviewFacts): Problem[] {
  const old = new Set(facts.base.problems.map(problemKey))
  return facts.head.problems.filter((problem) => !old.has(problemKey(problem)))
}

function problemKey(problem: Problem): string {
  return `${problem.code} ${problem.path} ${problem.message}`
}

function describeProblem(problem: Problem): string {
  return `${problem.path}${problem.line ? `:${problem.line}` : ''}: ${problem.message}`
}

function windowVerdict(facts: ReviewFacts, changed: RenderedTarget[], now: Instant): Verdict {
  return evaluateWindows(windowRequest(facts, changed), now)
}

function windowRequest(facts: ReviewFacts, changed: RenderedTarget[]) {
  const names = new Set(changed.map(({ target }) => target.environment))
  return {
    environments: facts.configuration.environments.filter(({ name }) => names.has(name)),
    applications: [...new Set(changed.map(({ target }) => target.application))],
    changeClass: changeClassOf(facts.proposal),
    freezes: facts.freezes,
  }
}

function promotionVerdict(facts: ReviewFacts, changed: RenderedTarget[], now: Instant): Verdict {
  const pinned = pinnedVersions(facts, changed)
  if (pinned.length > 0 && facts.proposal?.kind !== 'revert') {
    return {
      gate: 'promotion',
      outcome: 'block',
      reason: 'brings back a pinned version',
      details: pinned,
      fix: 'a person with the right lifts the pin with /unpin <application> <environment>',
    }
  }
  const proposal = facts.proposal
  if (proposal?.kind !== 'promotion') {
    return { gate: 'promotion', outcome: 'pass', reason: 'not a promotion', details: [] }
  }
  const rule = environmentNamed(facts.configuration, proposal.to)?.promotion
  if (!rule || rule.from !== proposal.from) {
    return {
      gate: 'promotion',
      outcome: 'block',
      reason: `the graph has no edge from ${proposal.from} to ${proposal.to} any more`,
      details: [],
      fix: 'close this pull request, or restore the edge in .drawbridge.yaml',
    }
  }
  return evaluatePromotionEdge(rule, facts.sourceReleases, now)
}

/** One sentence per pin that this change would break. */
function pinnedVersions(facts: ReviewFacts, changed: RenderedTarget[]): string[] {
  return changed.flatMap(({ target, objects }) => {
    const images = imageVersions(objects)
    return facts.pins
      .filter((pin) => pin.application === target.application && pin.environment === target.environment)
      .filter((pin) => Object.entries(pin.images).some(([name, version]) => images[name] === version))
      .map((pin) => `${target.application} in ${target.environment}: ${pin.reason} (pinned by ${pin.by})`)
  })
}

function mayMergeByRule(facts: ReviewFacts): boolean {
  const { proposal, configuration, pull } = facts
  if (!proposal || pull.isDraft || pull.state !== 'open') return false
  if (proposal.kind === 'revert') return proposal.cause === 'slo'
  return environmentNamed(configuration, proposal.to)?.promotion?.merge === 'rule'
}

function nextLook(
  facts: ReviewFacts,
  changed: RenderedTarget[],
  verdicts: Verdict[],
  now: Instant,
): Instant | undefined {
  const request = windowRequest(facts, changed)
  const boundary = nextBoundary(request, now)
  const times = [boundary, ...verdicts.map(({ until }) => until)].filter(
    (time) => time !== undefined && time > now,
  )
  return times.length > 0 ? Math.min(...(times as Instant[])) : undefined
}
