import type { AuditEntry } from '../domain/audit.ts'
import { type Instant, type RepositoryRef, type Target, targetKey } from '../domain/refs.ts'
import type { Attestation, Release } from '../domain/release.ts'
import { isNewlyHealthy } from '../features/health/is-newly-healthy.ts'
import type { Decryptor } from '../ports/decryptor.ts'
import type { Ports } from '../journeys/ports.ts'
import { reconcileTarget } from '../journeys/sync/reconcile-target.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { ClusterGuard } from '../ports/cluster-guard.ts'
import type { Cluster } from '../ports/cluster.ts'
import type { LedgerState } from '../ports/ledger.ts'
import type { Random } from '../ports/random.ts'
import type { Clock } from '../ports/clock.ts'
import { createAgentMemory } from './agent-memory.ts'
import { createClusterView } from './cluster-view.ts'
import type { Elsewhere } from './elsewhere.ts'
import { createTargetSchedule } from './target-schedule.ts'

export interface AgentOptions {
  ports: Pick<Ports, 'clock' | 'ledger' | 'log'> & { decryptor?: Decryptor }
  repository: RepositoryRef
  environment: string
  cluster: Cluster
  /** Milliseconds between two looks at git. */
  interval: number
  /** One look at everything, then the end. */
  once?: boolean
  signal: AbortSignal
  /** Whether a target of this cluster is for us; all are where absent. */
  isOurs?(target: Target): boolean
  /** Given a way to say that git has something new: it is looked at at once. */
  news?(look: () => void): void
  /** Spreads the looks of many agents over time. */
  random?: Random
  /** Asked before each look at a target. */
  guard?: ClusterGuard
  /** Absent: nothing is known of other places, and what depends on them waits. */
  elsewhere?: Elsewhere
  /** Something was done to a target, or refused. */
  onDeed?(target: Target, entry: AuditEntry): void
  /** A target's release is new or different. */
  onReport?(release: Release): void
}

/** The reconciler beside its cluster: reads the rendered ref, verifies, and applies its own paths; needs nothing else. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { ports, repository, environment, cluster, interval, signal, once = false } = options
  const { clock } = ports
  const ended = new AbortController()
  const viewing = AbortSignal.any([signal, ended.signal])
  let state: LedgerState | undefined
  let lookAt = clock.now()
  let sleepsUntil = lookAt
  let pause = new AbortController()
  // With a reason, as an error with its stack would be made otherwise.
  const wake = () => pause.abort('woken')
  signal.addEventListener('abort', wake, { once: true })
  options.news?.(() => {
    lookAt = clock.now()
    wake()
  })
  const view = createClusterView({
    cluster,
    clock,
    signal: viewing,
    onHint(hint) {
      if (!once && hint.repositoryId === repository.id) schedule.hint(hint.target)
    },
  })
  const readOther = remembering(
    (other: string) => readNews({ ...options, environment: other }),
    clock,
    interval,
  )
  // Those who wait for a target look again as soon as it is healthy.
  const wakeDependents = (healthy: Target) => {
    const isOn = (target: Target) => targetKey(target) === targetKey(healthy)
    for (const { target, dependsOn = [] } of state?.attestations ?? [])
      if (!once && dependsOn.some(isOn)) schedule.hint(target)
  }
  options.elsewhere?.onHealthy(wakeDependents)
  const reconcilePorts = {
    ...ports,
    // All targets go by the same look at git; without an answer, by the last one.
    ledger: {
      ...ports.ledger,
      read: async (_: RepositoryRef, other: string) => (other === environment ? state : readOther(other)),
    },
    elsewhere: options.elsewhere,
    store: createAgentMemory(ports.log, (release, before) => {
      options.onReport?.(release)
      if (isNewlyHealthy(before, release)) wakeDependents(release.target)
    }),
    serve: async () => ({ cluster, view, guard: options.guard, onDeed: options.onDeed }),
  }
  const look = async (target: Target) => {
    const next = await reconcile(reconcilePorts, repository, target)
    return once ? Infinity : (next ?? clock.now() + interval)
  }
  const schedule = createTargetSchedule(clock, look, () => {
    if (once || schedule.soonest() < sleepsUntil) wake()
  })
  while (!signal.aborted) {
    if (clock.now() >= lookAt) {
      const news = await readNews(options)
      const before = state
      if (news !== undefined && (news.commit !== before?.commit || news.trust !== before.trust)) {
        state = news
        if (news.trust === 'trusted') schedule.takeNews(ownAttestations(options, news))
        if (concernsAll(news, before)) schedule.askAll()
      }
      lookAt = clock.now() + Math.round(interval * (options.random ? 0.8 + 0.4 * options.random.number() : 1))
    }
    schedule.start()
    // Also where the end came while git was asked: nothing would wake it.
    if (signal.aborted || (once && schedule.isIdle())) break
    pause = new AbortController()
    sleepsUntil = Math.min(lookAt, schedule.soonest())
    await clock.sleep(Math.max(0, sleepsUntil - clock.now()), pause.signal)
  }
  await schedule.end()
  ended.abort()
}

/** Where nothing may be applied every target has to say so; what was refused may be attested as before; rules reach all. */
function concernsAll(news: LedgerState, before: LedgerState | undefined): boolean {
  if (news.trust !== 'trusted' || (before !== undefined && before.trust !== 'trusted')) return true
  const hasOther = (read: (one: LedgerState) => unknown) =>
    JSON.stringify(read(news)) !== JSON.stringify(before && read(before))
  return hasOther(({ settings }) => settings) || hasOther(({ controls }) => controls.pauses)
}

/** What the rendered ref says of this cluster's targets. */
function ownAttestations(options: AgentOptions, state: LedgerState): Attestation[] {
  const { environment, cluster, isOurs = () => true } = options
  return state.attestations
    .filter(({ target }) => target.cluster === cluster.name && target.environment === environment)
    .filter(({ target }) => isOurs(target))
}

/** The newest commit of the rendered ref; undefined where git did not answer. */
async function readNews({ ports, repository, environment }: AgentOptions): Promise<LedgerState | undefined> {
  try {
    return await ports.ledger.read(repository, environment)
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error
    ports.log.warn({ environment, operation: error.operation, reason: error.message }, 'git did not answer')
    return undefined
  }
}

/** Asks once in this time for each name, however many want to know. */
function remembering<Answer>(
  ask: (name: string) => Promise<Answer>,
  clock: Pick<Clock, 'now'>,
  forMs: number,
): (name: string) => Promise<Answer> {
  const asked = new Map<string, { at: Instant; answer: Promise<Answer> }>()
  return (name) => {
    const known = asked.get(name)
    if (known !== undefined && clock.now() - known.at < forMs) return known.answer
    const answer = ask(name)
    asked.set(name, { at: clock.now(), answer })
    return answer
  }
}

async function reconcile(
  ports: Parameters<typeof reconcileTarget>[0],
  repository: RepositoryRef,
  target: Target,
): Promise<Instant | undefined> {
  try {
    return (await reconcileTarget(ports, { repository, target })).next
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error
    ports.log.warn({ target, operation: error.operation }, 'target could not be reconciled')
    return undefined
  }
}
