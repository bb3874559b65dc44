import { type AgentPlace, placeKey } from '../domain/agent.ts'
import { isServedBy } from '../features/agents/slice-of.ts'
import { inWallTime } from '../features/agents/in-wall-time.ts'
import type { AppLink } from '../ports/app-link.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import { createAnnouncer } from './announce-deeds.ts'
import { createElsewhere, type Elsewhere } from './elsewhere.ts'
import { fenceCluster } from './fence-cluster.ts'
import { followHints } from './follow-hints.ts'
import type { IdentityGuard } from './guard-identity.ts'
import type { LeaseHold, Term } from './hold-lease.ts'
import { createReporter, type Reporter } from './report-releases.ts'
import { type AgentOptions, runAgent } from './run-agent.ts'

export interface PlaceOptions extends Omit<AgentOptions, 'environment' | 'isOurs' | 'news' | 'random'> {
  place: AgentPlace
  hold: LeaseHold
  guard: IdentityGuard
  random: Random
  /** The machine's clock, by which the app is told; the agent's own is set by nobody. */
  wall: Pick<Clock, 'now'>
  /** Absent: nobody is told, and git is polled. */
  app?: { link: AppLink; isIdentityAccepted(identity: string): boolean }
}

/**
 * Serves one place of a cluster for as long as its lease is held, again and again until the signal aborts; who does not
 * hold it does nothing at all. Answers false where only one look was asked for and somebody else holds the lease.
 */
export async function servePlace(options: PlaceOptions): Promise<boolean> {
  const { hold, signal, once } = options
  for (;;) {
    const term = await hold.begin(signal, { mayWait: !once })
    if (term === undefined) return signal.aborted
    await serveTerm(options, term)
    await hold.release()
    if (once || signal.aborted) return true
  }
}

async function serveTerm(options: PlaceOptions, term: Term): Promise<void> {
  const { place, app, random, once } = options
  const { clock, log } = options.ports
  const over = new AbortController()
  const signal = AbortSignal.any([term.signal, over.signal])
  const elsewhere = createElsewhere()
  const cluster = fenceCluster(options.cluster, term.mayWrite)
  const announcer = createAnnouncer({ cluster, clock, log })
  const reporter = app && !once ? report(options, app, elsewhere, signal) : undefined
  try {
    await runAgent({
      ...options,
      environment: place.environment,
      cluster,
      isOurs: (target) => isServedBy(place, target),
      elsewhere,
      signal,
      onDeed: (target, entry) => void announcer.hear(target, entry),
      onReport(release) {
        reporter?.hear(inWallTime(release, options.wall.now() - clock.now()))
        options.onReport?.(release)
      },
      news(look) {
        if (app && !once) void followHints(app.link, look, { clock, random, log }, signal)
      },
    })
  } finally {
    over.abort()
  }
  if (!options.signal.aborted && !once) log.warn({ place: placeKey(place) }, 'term ended')
}

function report(
  { ports, random, cluster, guard, place }: PlaceOptions,
  app: NonNullable<PlaceOptions['app']>,
  elsewhere: Elsewhere,
  signal: AbortSignal,
): Reporter {
  const reporter = createReporter({
    link: app.link,
    clock: ports.clock,
    random,
    log: ports.log,
    identity: () => cluster.identity(),
    isIdentityAccepted: app.isIdentityAccepted,
    onIdentityChanged: (reason) => guard.stop(reason),
    isOurs: (target) => isServedBy(place, target),
    onElsewhere: (words) => elsewhere.hear(words),
  })
  void reporter.run(signal)
  return reporter
}
