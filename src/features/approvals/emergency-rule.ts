import { targetKey } from '../../domain/refs.ts'
import type { ApprovalChange, ApprovalFacts } from './approval-facts.ts'

/** Whether a revert opened by evidence goes without approval; where it would but for what it renders to, why not. */
export type EmergencyRule = { applies: true } | { applies: false; because?: string }

/**
 * A revert that a rule may merge brings back what was attested, to the digest: whatever was merged beside it meanwhile
 * needs a person's eyes.
 *
 * | changes                                                     | applies |
 * | what the good release rendered to, at least on one cluster  | yes     |
 * | a cluster on which the good release never ran               | yes, beside such a one |
 * | anything else: other digests, applications, the rules       | no      |
 */
export function emergencyRule({ changeClass, proposal, changes, restored }: ApprovalFacts): EmergencyRule {
  if (changeClass !== 'revert' || proposal?.kind !== 'revert' || proposal.merge !== 'rule')
    return { applies: false }
  const digests = new Map(Object.entries(restored ?? {}))
  const isOwn = ({ application, environment, isRule }: ApprovalChange) =>
    !isRule && environment === proposal.environment && proposal.applications.includes(application)
  const isRestored = (change: ApprovalChange) => digests.get(targetKey(change)) === change.digest
  const odd = changes.find(
    (change) => !isOwn(change) || (digests.has(targetKey(change)) && !isRestored(change)),
  )
  if (!odd && changes.some(isRestored)) return { applies: true }
  const { application, environment } = odd ?? {
    application: proposal.applications.join(', '),
    environment: proposal.environment,
  }
  const good = proposal.good.slice(0, 7)
  return {
    applies: false,
    because: `no emergency rule: ${application}/${environment} would not render to what ran from ${good}`,
  }
}
