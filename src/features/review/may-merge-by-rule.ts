import type { Proposal } from '../../domain/proposal.ts'
import type { Instant, Target } from '../../domain/refs.ts'
import { concerns } from '../windows/window-request.ts'
import { environmentNamed, type ReviewFacts } from './review-facts.ts'

type MergeFacts = Pick<ReviewFacts, 'pull' | 'proposal' | 'configuration' | 'holds' | 'freezes' | 'affected'>

/**
 * Whether Drawbridge itself may merge our own proposal once its gates are open. What a person holds, or has frozen by hand,
 * waits for a person: a revert passes the freeze, and somebody presses the button. A promotion of what is there by another
 * way is closed, and not merged.
 */
export function mayMergeByRule({ pull, proposal, ...facts }: MergeFacts, now: Instant): boolean {
  if (!proposal || pull.isDraft || pull.state !== 'open') return false
  const places = placesOf(proposal)
  const stands = (control: { environment: string; application: string }) =>
    places.some((place) => concerns(control, place))
  if (facts.holds.some(stands)) return false
  if (proposal.kind === 'promotion' && facts.affected.length === 0) return false
  if (proposal.kind === 'promotion')
    return environmentNamed(facts.configuration, proposal.to)?.promotion?.merge === 'rule'
  const isStopped = facts.freezes.some(
    (freeze) =>
      freeze.slo === undefined && (freeze.until === undefined || freeze.until > now) && stands(freeze),
  )
  return proposal.merge === 'rule' && !isStopped
}

function placesOf(proposal: Proposal): Target[] {
  const environment = proposal.kind === 'promotion' ? proposal.to : proposal.environment
  return proposal.applications.map((application) => ({ application, environment, cluster: '' }))
}
