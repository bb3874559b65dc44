import type { AgentState } from '../../domain/agent.ts'
import type { DeclaredCluster } from '../../domain/configuration.ts'
import { type Instant, targetKey } from '../../domain/refs.ts'
import type { Attestation, Release } from '../../domain/release.ts'
import { isServedBy } from './slice-of.ts'

/** How the reason of a release begins that was lost sight of here; what an agent cannot reach has other words. */
const lostWords = 'unreachable since'

/** Five times the longest that an agent with nothing to say is quiet. */
const silentAfterMs = 5 * 60_000

/**
 * The releases on clusters whose agent has not been heard for long, as they are to be shown: out of reach since then, at
 * what is attested now. Clusters whose agents nobody believes (no key) are left alone.
 */
export function findSilent(
  clusters: readonly DeclaredCluster[],
  states: readonly AgentState[],
  attestations: readonly Attestation[],
  releases: ReadonlyMap<string, Release>,
  now: Instant,
): { releases: Release[]; silent: AgentState[] } {
  const heard = new Set(
    clusters
      .filter(({ access }) => access?.kind === 'agent' && access.keys.length > 0)
      .map(({ name }) => name),
  )
  const isShownLost = (state: AgentState) =>
    [...releases.values()].some(
      ({ target, phase, reason }) =>
        phase === 'unreachable' && reason.startsWith(lostWords) && isServedBy(state.place, target),
    )
  // One that is heard again, but not of all that is shown as lost: a message and this look met. It is asked for everything.
  const silent = states.filter(
    (state) => heard.has(state.place.cluster) && (now - state.heardAt >= silentAfterMs || isShownLost(state)),
  )
  const lost = attestations
    .filter(({ target }) => heard.has(target.cluster))
    .flatMap((attestation) => {
      const since = silentSince(attestation, states, now)
      return since === undefined
        ? []
        : [unreachable(attestation, since, releases.get(targetKey(attestation.target)))]
    })
  return { releases: lost, silent }
}

/** Since when nobody has spoken of the target; undefined: somebody has, lately. */
function silentSince(
  { target, at }: Attestation,
  states: readonly AgentState[],
  now: Instant,
): { at: Instant; isNever: boolean } | undefined {
  const own = states.filter(({ place }) => isServedBy(place, target))
  const isNever = own.length === 0
  const last = isNever ? at : Math.max(...own.map(({ heardAt }) => heardAt))
  return now - last >= silentAfterMs ? { at: last, isNever } : undefined
}

function unreachable(
  { target, revision, digest, pull }: Attestation,
  { at, isNever }: { at: Instant; isNever: boolean },
  before: Release | undefined,
): Release {
  const since = `${new Date(at).toISOString().slice(0, 16)}Z`
  const reason = isNever
    ? `no agent of ${target.cluster} has ever reported; attested ${since}`
    : `${lostWords} ${since}: the agent of ${target.cluster} has not reported`
  const earlier = before?.digest === digest ? before : undefined
  return {
    target,
    revision,
    digest,
    ...(pull && { pull: pull.number }),
    phase: 'unreachable',
    health: { status: 'Unknown', reason },
    since: at,
    ...(earlier?.appliedAt !== undefined && { appliedAt: earlier.appliedAt }),
    ...(earlier?.healthyAt !== undefined && { healthyAt: earlier.healthyAt }),
    reason,
    ...(earlier?.drift && { drift: earlier.drift }),
  }
}
