import type { Evidence } from '../../domain/evidence.ts'
import type { Proposal } from '../../domain/proposal.ts'
import { type Instant, type Sha, targetKey } from '../../domain/refs.ts'
import type { Verdict } from '../../domain/verdict.ts'
import type { RenderedFacts, ReviewFacts } from '../review/review-facts.ts'

/** What has to be kept of a decision so that it can be made again. Of teams only the people who appear in it. */
export function toEvidence(
  facts: ReviewFacts,
  sides: { base: Sha; head: Sha },
  verdicts: Verdict[],
  at: Instant,
): Evidence {
  const { pull, proposal, freezes, locks, overrides, consents, pins, hotfixes, sourceReleases } = facts
  const { reviews, recorded, contributors, self, restored, teams, permissions } = facts.approvals
  const people = new Set(
    [pull.author, ...contributors, ...reviews.map(({ author }) => author)].map(({ id }) => id),
  )
  if (proposal?.requestedBy) people.add(proposal.requestedBy.id)
  return {
    pull,
    sides,
    at,
    reviews,
    recorded: recorded.map(({ id, sha, digests }) => ({ id, sha, digests })),
    contributors,
    self,
    ...(restored && { restored }),
    teams: [...teams].map(([name, members]) => [name, members.filter(({ id }) => people.has(id))]),
    permissions: [...permissions],
    ...(proposal && { proposal }),
    controls: { freezes, locks, overrides, consents, pins, hotfixes },
    ...(facts.held && { held: facts.held }),
    sourceReleases,
    ...(facts.sourceStates && { sourceStates: facts.sourceStates }),
    ...(facts.sourceSlos && { sourceSlos: facts.sourceSlos }),
    ...(facts.sourceChecks && { sourceChecks: facts.sourceChecks }),
    ...(facts.promotionSources && { promotionSources: facts.promotionSources }),
    ...(facts.signatures && { signatures: facts.signatures }),
    ...(facts.organisation && { organisation: facts.organisation }),
    verdicts,
  }
}

/** The facts of the decision: what git gives again, and what the evidence kept. */
export function factsFrom(evidence: Evidence, rendered: RenderedFacts): ReviewFacts {
  const { reviews, recorded, contributors, self, teams, permissions } = evidence
  const { codeowners, ...rest } = rendered
  return {
    ...rest,
    pull: evidence.pull,
    approvals: {
      codeowners,
      reviews,
      recorded,
      contributors,
      self,
      teams: new Map(teams),
      permissions: new Map(permissions),
      ...restoredThen(evidence, rendered),
    },
    ...(evidence.proposal && { proposal: proposalThen(evidence.proposal) }),
    ...evidence.controls,
    // Older evidence has none.
    hotfixes: evidence.controls.hotfixes ?? [],
    // They close no gate, so nothing of a verdict hangs on them.
    holds: [],
    ...(evidence.broughtBack && { broughtBack: evidence.broughtBack }),
    sourceReleases: evidence.sourceReleases,
    ...(evidence.sourceStates && { sourceStates: evidence.sourceStates }),
    ...(evidence.sourceSlos && { sourceSlos: evidence.sourceSlos }),
    ...(evidence.sourceChecks && { sourceChecks: evidence.sourceChecks }),
    ...(evidence.promotionSources && { promotionSources: evidence.promotionSources }),
    ...(evidence.signatures && { signatures: evidence.signatures }),
  }
}

/** Older evidence of a promotion names the one environment that it came from, and no list. */
function proposalThen(proposal: Proposal): Proposal {
  return proposal.kind === 'promotion' ? { ...proposal, from: [proposal.from].flat() } : proposal
}

/** Older evidence of a revert by rule does not say it: nobody asked then. */
function restoredThen(
  { proposal, restored }: Evidence,
  { head }: RenderedFacts,
): Pick<ReviewFacts['approvals'], 'restored'> {
  if (restored) return { restored }
  if (proposal?.kind !== 'revert' || proposal.merge !== 'rule') return {}
  return {
    restored: Object.fromEntries(head.targets.map(({ target, digest }) => [targetKey(target), digest])),
  }
}
