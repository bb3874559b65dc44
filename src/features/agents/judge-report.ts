import type { AgentState, Report, TargetWord } from '../../domain/agent.ts'

export type ReportAnswer =
  | { kind: 'accepted'; elsewhere?: TargetWord[] }
  /** Something is missing in between: everything is to be sent. */
  | { kind: 'resync'; message: string }
  /** It was said before, or something newer was. */
  | { kind: 'old'; message: string; newest: { epoch: number; sequence: number } }
  /** Another cluster answers under this name. */
  | { kind: 'identity-changed'; message: string; known: string }

/**
 * Whether a report is taken, given what was taken before.
 *
 * | known                        | report                               | answer           |
 * | ---------------------------- | ------------------------------------ | ---------------- |
 * | another identity             | its identity is not accepted         | identity-changed |
 * | the same epoch               | the same sequence, or one before     | old              |
 * | a later epoch                | any                                  | old              |
 * | nothing, or an epoch before  | delta                                | resync           |
 * | the same epoch               | delta, not the next sequence         | resync           |
 * | said to be silent            | delta                                | resync           |
 * | anything else                | the next delta, or a snapshot        | accepted         |
 */
export function judgeReport(known: AgentState | undefined, report: Report): ReportAnswer {
  if (known && isOld(known, report)) {
    const { epoch, sequence } = known
    const message = `message ${report.sequence} of ${report.epoch} is not newer than ${sequence} of ${epoch}`
    return { kind: 'old', message, newest: { epoch, sequence } }
  }
  if (known && known.identity !== report.identity && !report.isIdentityAccepted) return changed(known, report)
  if (report.kind === 'snapshot') return { kind: 'accepted' }
  if (known?.epoch !== report.epoch) return resync('nothing is known of what came before')
  if (known.isSilent) return resync('the agent was silent for long')
  if (report.sequence !== known.sequence + 1)
    return resync(`message ${known.sequence + 1} has never come, and this is ${report.sequence}`)
  return { kind: 'accepted' }
}

function isOld(known: AgentState, { epoch, sequence }: Report): boolean {
  return epoch < known.epoch || (epoch === known.epoch && sequence <= known.sequence)
}

function resync(message: string): ReportAnswer {
  return { kind: 'resync', message }
}

function changed({ identity, place }: AgentState, report: Report): ReportAnswer {
  return {
    kind: 'identity-changed',
    known: identity,
    message: describeChangedIdentity(place.cluster, identity, report.identity),
  }
}

/** The sentence for people, with what to type. */
export function describeChangedIdentity(cluster: string, known: string, found: string): string {
  return `CLUSTER_IDENTITY_CHANGED: another cluster answers under the name ${cluster} (its kube-system is ${found}, and was ${known}); nothing is written to it. If it was replaced on purpose, start with --accept-identity ${found}`
}
