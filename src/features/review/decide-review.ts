import type { RepositoryDiff } from '../../domain/object-diff.ts'
import type { Environment } from '../../domain/configuration.ts'
import type { Problem } from '../../domain/problem.ts'
import { type Instant, targetKey } from '../../domain/refs.ts'
import type { Pin } from '../../domain/release.ts'
import type { RenderedTarget } from '../../domain/rendered-target.ts'
import { type Outcome, type Verdict, worstOutcome } from '../../domain/verdict.ts'
import { type ApprovalDecision, evaluateApprovals } from '../approvals/evaluate-approvals.ts'
import { diffRenderings } from '../diff/diff-renderings.ts'
import { applyOverrides } from './apply-overrides.ts'
import { uncomparedChanges } from './uncompared-changes.ts'
import { isOfWholeRepository } from '../discovery/repository-limits.ts'
import { evaluatePolicyGate } from '../policy/evaluate-policy-gate.ts'
import { evaluatePromotion } from '../promotion/evaluate-promotion.ts'
import { joinPath } from '../rendering/paths.ts'
import { imageVersions } from '../promotion/image-versions.ts'
import { evaluateSignatures } from '../signatures/evaluate-signatures.ts'
import { evaluateTenancy } from '../tenancy/evaluate-tenancy.ts'
import { evaluateWindows, nextChange } from '../windows/evaluate-windows.ts'
import { concerns, type ReleasedChange, windowRequest } from '../windows/window-request.ts'
import { changeClass } from './change-class.ts'
import { mayMergeByRule } from './may-merge-by-rule.ts'
import { ownProposal, type ReviewFacts, ruleTargets } from './review-facts.ts'

export interface ReviewDecision {
  outcome: Outcome
  /** One per gate, in the order of `gateNames`. */
  verdicts: Verdict[]
  diff: RepositoryDiff
  approvals: ApprovalDecision
  /** What the author should know of: problems of the change, of its policies and of CODEOWNERS. */
  problems: Problem[]
  /** Our own proposal, every gate open, and the rules let us merge it. */
  mergesByRule: boolean
  /** The same before any override, and what of the change the windows are asked about. */
  judged: Verdict[]
  change: ReleasedChange
  /** When the window gate's answer changes by itself. */
  turnsAt?: Instant
  /** When an answer may change without anybody doing anything. */
  next?: Instant
}

/** What is said about a pull request: every gate's verdict and what changes where. The worst outcome wins. */
export function decideReview(read: ReviewFacts, maskKey: string, now: Instant): ReviewDecision {
  const facts = { ...read, proposal: ownProposal(read) }
  const diff = diffRenderings(facts.base, facts.head, {
    maskKey,
    sensitive: facts.configuration.diff?.mask,
  })
  const changed = changedTargets(facts)
  const change = releasedChange(facts, changed, now)
  const approvals = decideApprovals(facts, change, changed, diff)
  const judged: Verdict[] = [
    configurationVerdict(facts),
    renderVerdict(facts, diff),
    ...evaluateTenancy(facts.findings, facts.configuration),
    ...evaluateSignatures(askedEnvironments(facts, changed), facts.signatures),
    evaluatePolicyGate(facts.findings, facts.policyProblems),
    approvals.verdict,
    evaluateWindows(windowRequest(change, facts), now),
    promotionVerdict(facts, changed, now),
  ]
  const { ref, headSha } = facts.pull
  const verdicts = applyOverrides(judged, facts.overrides, { pull: ref.number, head: headSha }, now)
  const outcome = worstOutcome(verdicts)
  const turnsAt = nextChange(windowRequest(change, facts), now)
  return {
    outcome,
    verdicts,
    judged,
    change,
    diff,
    approvals,
    problems: [
      ...facts.configurationProblems,
      ...facts.codeownersProblems,
      ...newProblems(facts),
      ...uncomparedChanges(facts),
      ...facts.policyProblems,
    ],
    mergesByRule: outcome === 'pass' && mayMergeByRule(facts, now),
    turnsAt,
    next: earliestAfter(now, [turnsAt, change.classUntil, ...verdicts.map(({ until }) => until)]),
  }
}

/**
 * The head's targets that render differently; a removed target is represented by its base side. Told by digests, not by what
 * the diff shows: where the base did not render there is nothing to compare with, and all the more to approve.
 */
function changedTargets({ base, head }: ReviewFacts): RenderedTarget[] {
  const before = byTarget(base.targets)
  const after = byTarget(head.targets)
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((key) => {
    const [old, young] = [before.get(key), after.get(key)]
    return old?.digest === young?.digest ? [] : (young ?? old ?? [])
  })
}

function byTarget(targets: readonly RenderedTarget[]): Map<string, RenderedTarget> {
  return new Map(targets.map((entry) => [targetKey(entry.target), entry]))
}

function decideApprovals(
  facts: ReviewFacts,
  { changeClass: kind }: ReleasedChange,
  changed: RenderedTarget[],
  diff: RepositoryDiff,
): ApprovalDecision {
  const dangers = dangersByTarget(diff)
  const { environments } = facts.configuration
  return evaluateApprovals({
    ...facts.approvals,
    pull: facts.pull,
    changeClass: kind,
    proposal: facts.proposal,
    environments: kind === 'hotfix' ? environments.map(forHotfix) : environments,
    changes: [
      ...changed.map(({ target, source, digest }) => ({
        ...target,
        digest,
        paths: facts.affected.find(
          (entry) => entry.source === source && entry.environment === target.environment,
        )?.changedPaths ?? [source],
        impact: joinPath(source, 'kustomization.yaml'),
        dangers: dangers.get(targetKey(target)) ?? [],
      })),
      ...ruleTargets(facts).map(({ target, digest }) => ({
        ...target,
        digest,
        paths: facts.changedRules.map(({ path }) => path),
        dangers: [],
        isRule: true,
      })),
    ],
  })
}

function forHotfix(environment: Environment): Environment {
  return { ...environment, approvals: environment.hotfix?.approvals ?? environment.approvals }
}

/** Codes of the danger lines of each target. */
function dangersByTarget(diff: RepositoryDiff): Map<string, string[]> {
  return new Map(
    diff.targets.map(({ target, objects }) => [
      targetKey(target),
      objects.flatMap(({ dangers }) => dangers.map(({ code }) => code)),
    ]),
  )
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
      reason:
        problems.length === 1
          ? 'one source does not render'
          : `${problems.length} problems keep sources from rendering`,
      details: problems.map(describeProblem),
      fix: problems[0]?.fix,
    }
  }
  const objects = diff.targets.reduce((sum, target) => sum + target.objects.length, 0)
  const reason =
    objects === 0
      ? 'nothing renders differently'
      : `${objects} ${objects === 1 ? 'object changes' : 'objects change'} in ${diff.targets.length} ${diff.targets.length === 1 ? 'target' : 'targets'}`
  const uncompared = uncomparedChanges(facts)
  if (uncompared.length === 0) return { gate: 'render', outcome: 'pass', reason, details: [] }
  const count = `${uncompared.length} ${uncompared.length === 1 ? 'source' : 'sources'}`
  return {
    gate: 'render',
    outcome: 'pass',
    reason: `${reason}, but ${count} touched here ${uncompared.length === 1 ? 'renders' : 'render'} neither before nor after`,
    details: uncompared.map(describeProblem),
  }
}

/** Problems of the head that the base did not have: an old wound elsewhere does not stop this change, unless nothing is seen of it. */
export function newProblems({ base, head }: Pick<ReviewFacts, 'base' | 'head'>): Problem[] {
  const old = new Set(base.problems.map(problemKey))
  return head.problems.filter((problem) => isOfWholeRepository(problem) || !old.has(problemKey(problem)))
}

function problemKey(problem: Problem): string {
  return JSON.stringify([problem.code, problem.path, problem.message])
}

function describeProblem(problem: Problem): string {
  return `${problem.path}${problem.line ? `:${problem.line}` : ''}: ${problem.message}`
}

function releasedChange(facts: ReviewFacts, changed: RenderedTarget[], now: Instant): ReleasedChange {
  const { pull, proposal } = facts
  const people = [pull.author, ...(proposal?.requestedBy ? [proposal.requestedBy] : [])]
  const targets = changed.map(({ target }) => target)
  return {
    targets,
    ...changeClass(facts, targets, now),
    requesters: people.map(({ id }) => id),
  }
}

/** Environments that the change is about; a change of the rules is about every one. */
function askedEnvironments({ configuration, changedRules }: ReviewFacts, changed: RenderedTarget[]) {
  const names = new Set(changed.map(({ target }) => target.environment))
  return configuration.environments.filter(({ name }) => changedRules.length > 0 || names.has(name))
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
  const {
    promotionSources: sources,
    sourceReleases: releases,
    sourceStates: states,
    sourceSlos: slos,
    sourceChecks: checks,
  } = facts
  const { environments } = facts.configuration
  return evaluatePromotion(proposal, { environments, sources, releases, states, slos, checks }, now)
}

/** One sentence per pin whose version this change brings; what runs already, and what goes, is not brought. */
function pinnedVersions(facts: ReviewFacts, changed: RenderedTarget[]): string[] {
  const base = byTarget(facts.base.targets)
  const sentences = changed.flatMap(({ target, objects, digest }) => {
    const before = versionsOf(base.get(targetKey(target))?.objects ?? [])
    const brought = [...versionsOf(objects)].filter((version) => !before.has(version))
    const back = facts.pins.filter(
      (pin) => pin.digests?.includes(digest) || brought.some((version) => pinned(pin).has(version)),
    )
    return [...back, ...(facts.broughtBack ?? [])]
      .filter((pin) => concerns(pin, target))
      .map((pin) => `${target.application} in ${target.environment}: ${pin.reason} (pinned by ${pin.by})`)
  })
  return [...new Set(sentences)]
}

/** `name:version` of every image; where one name runs in several versions, each of them. */
function versionsOf(objects: RenderedTarget['objects']): Set<string> {
  return spread(imageVersions(objects))
}

function pinned(pin: Pin): Set<string> {
  return spread(pin.images)
}

function spread(images: Record<string, string>): Set<string> {
  return new Set(
    Object.entries(images).flatMap(([name, versions]) =>
      versions.split(',').map((version) => `${name}:${version}`),
    ),
  )
}

/** Whether an answer has changed by itself since it was decided: what was read meanwhile may belong to either side. */
export function hasTurned({ next }: { next?: Instant }, now: Instant): boolean {
  return next !== undefined && next <= now
}

function earliestAfter(now: Instant, times: readonly (Instant | undefined)[]): Instant | undefined {
  const later = times.flatMap((time) => (time !== undefined && time > now ? [time] : []))
  return later.length > 0 ? Math.min(...later) : undefined
}
