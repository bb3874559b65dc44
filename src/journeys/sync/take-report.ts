import type { AgentPlace, AgentState, Report } from '../../domain/agent.ts'
import type { Instant, RepositoryRef } from '../../domain/refs.ts'
import type { Release } from '../../domain/release.ts'
import { believeReport } from '../../features/agents/believe-report.ts'
import { judgeReport, type ReportAnswer } from '../../features/agents/judge-report.ts'
import { followUp } from '../../features/work/follow-up.ts'
import type { Ports } from '../ports.ts'
import { saveRelease } from './reconcile-release.ts'
import { wakeWaiting } from './await-dependencies.ts'
import { tellElsewhere } from './tell-elsewhere.ts'

/** An agent, known by its key to be the one of its place. */
export interface KnownAgent {
  repository: RepositoryRef
  place: AgentPlace
}

/**
 * Takes down what an agent says of its own cluster, as if it had been seen from here: boards, waves and promotions read it
 * from the same place. The releases are stored before the message is, so that a crash in between costs a repetition.
 */
export async function takeReport(
  ports: Pick<Ports, 'clock' | 'ledger' | 'store'> & {
    onRelease?: (before: Release | undefined, after: Release) => void
  },
  { repository, place }: KnownAgent,
  report: Report,
): Promise<{ answer: ReportAnswer; hasNews: boolean }> {
  const { store } = ports
  const known = await store.agents.get(repository, place)
  const answer = judgeReport(known, report)
  if (answer.kind !== 'accepted') return { answer, hasNews: false }
  const state = await ports.ledger.read(repository, place.environment)
  const now = ports.clock.now()
  let hasNews = false
  for (const release of believeReport(place, report, state?.attestations ?? [], now)) {
    const before = await store.releases.get(repository, release.target)
    await saveRelease(store, repository, before, release, [], now)
    ports.onRelease?.(before, release)
    await wakeWaiting(store, repository, before, release, now)
    const next = followUp(repository, before, release)
    for (const work of next) await store.queue.enqueue(work, now)
    hasNews ||= next.length > 0
  }
  await store.agents.put(repository, toState(place, report, now))
  if (known?.identity !== report.identity) await noteIdentity(ports, { repository, place }, report, now)
  const { asks = [] } = report
  if (asks.length === 0) return { answer, hasNews }
  const elsewhere = await tellElsewhere(store, repository, place, asks, state?.attestations ?? [])
  return { answer: { ...answer, elsewhere }, hasNews }
}

function toState(place: AgentPlace, { epoch, sequence, identity }: Report, now: Instant): AgentState {
  return { place, epoch, sequence, identity, heardAt: now }
}

async function noteIdentity(
  { store }: Pick<Ports, 'store'>,
  { repository, place }: KnownAgent,
  { identity, isIdentityAccepted }: Report,
  now: Instant,
): Promise<void> {
  await store.audit.append(
    {
      what: 'cluster-identity',
      subject: `${place.environment}/${place.cluster}`,
      actor: 'drawbridge',
      reason: isIdentityAccepted ? 'the operator of the agent accepts it' : 'first heard of',
      data: { repository: repository.id, identity },
    },
    now,
  )
}
