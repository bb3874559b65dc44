import type { CommitChecks } from '../../domain/check-answer.ts'
import type { Environment, PromotionSources } from '../../domain/configuration.ts'
import type { PromotionProposal } from '../../domain/proposal.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Release } from '../../domain/release.ts'
import type { SourceSlo } from '../../domain/slo.ts'
import type { SourceState } from '../../domain/source-state.ts'
import { type Verdict, worstOutcome } from '../../domain/verdict.ts'
import { evaluatePromotionEdge } from './evaluate-edge.ts'
import { describeSources } from './promotion-sources.ts'

export interface PromotionFacts {
  environments: readonly Environment[]
  /** By application: where it is promoted from, stages that it leaves out passed over; the rule's own where absent. */
  sources?: Readonly<Record<string, PromotionSources>>
  releases: readonly Release[]
  /** What was attested in those environments, newest first; absent: what the releases say now. */
  states?: readonly SourceState[]
  /** How the SLOs stand there, where they are asked. */
  slos?: readonly SourceSlo[]
  /** On the commits that it carries, where checks are asked. */
  checks?: readonly CommitChecks[]
}

/** Whether what a promotion carries is through where it comes from, for each of its applications. */
export function evaluatePromotion(proposal: PromotionProposal, facts: PromotionFacts, now: Instant): Verdict {
  const verdicts = proposal.applications.map((application) =>
    evaluateApplication(proposal, application, facts, now),
  )
  const worst = worstOutcome(verdicts)
  const telling = verdicts.filter(({ outcome }) => outcome === worst)
  const [first] = telling
  const untils = telling.flatMap(({ until }) => until ?? [])
  return {
    gate: 'promotion',
    outcome: worst,
    reason: [...new Set(telling.map(({ reason }) => reason))].join('; '),
    details: telling.flatMap(({ details }) => details),
    ...(first?.fix !== undefined && { fix: first.fix }),
    ...(untils.length > 0 && { until: Math.max(...untils) }),
  }
}

function evaluateApplication(
  { from, to, carries = [], requestedBy }: PromotionProposal,
  application: string,
  facts: PromotionFacts,
  now: Instant,
): Verdict {
  const rule = facts.environments.find(({ name }) => name === to)?.promotion
  const sources =
    (facts.sources && Object.hasOwn(facts.sources, application) ? facts.sources[application] : undefined) ??
    rule?.from
  const agreeing = sources?.environments.filter((environment) => from.includes(environment)) ?? []
  if (!rule || !sources || agreeing.length === 0) {
    return {
      gate: 'promotion',
      outcome: 'block',
      reason: `the graph has no edge from ${from.join(', ')} to ${to} any more`,
      details: [],
      fix: 'close this pull request, or restore the edge in .drawbridge.yaml',
    }
  }
  if (agreeing.length < sources.need) {
    const others = sources.environments.filter((environment) => !from.includes(environment))
    return {
      gate: 'promotion',
      outcome: 'wait',
      reason: `${describeSources(sources)} have to run this; ${others.join(', ')} ${others.length === 1 ? 'does' : 'do'} not`,
      details: [],
    }
  }
  return evaluatePromotionEdge(
    { ...rule, from: { environments: agreeing, need: sources.need } },
    {
      releases: facts.releases.filter(({ target }) => target.application === application),
      states: facts.states?.filter((state) => state.application === application),
      carried: (environment) =>
        carries.find((each) => each.application === application && each.environment === environment)
          ?.revision,
      isAsked: requestedBy !== undefined,
      slos: facts.slos?.filter((slo) => slo.application === application),
      checks: facts.checks,
    },
    now,
  )
}
