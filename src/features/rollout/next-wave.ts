import type { Release, Rollout } from '../../domain/release.ts'

export type WaveDecision =
  /** Write the trees of these clusters. */
  | { kind: 'open'; reached: number; clusters: string[] }
  | { kind: 'wait'; reason: string }
  | { kind: 'stop'; reason: string }
  | { kind: 'finished' }

/**
 * What a roll-out does next, given the releases of its application in the waves that are open. The next wave opens only
 * when every cluster of the present one is healthy at the attested digest; one degraded cluster of any open wave stops the rest.
 *
 * | clusters                                          | decision                   |
 * | ------------------------------------------------- | -------------------------- |
 * | one of an open wave degraded or refused           | stop                       |
 * | all of the present wave healthy at the digest     | open the next, or finished |
 * | anything else                                     | wait                       |
 */
export function nextWave(
  rollout: Rollout,
  releases: readonly Release[],
  digests: ReadonlyMap<string, string>,
): WaveDecision {
  if (rollout.stopped) return { kind: 'stop', reason: rollout.stopped }
  const heard = (clusters: readonly string[]) =>
    clusters
      .filter((cluster) => digests.has(cluster))
      .map((cluster) => ({
        cluster,
        release: releases.find(
          ({ target, digest }) => target.cluster === cluster && digest === digests.get(cluster),
        ),
      }))
  const open = heard(rollout.waves.slice(0, rollout.reached + 1).flat())
  const failed = open.find(({ release }) => release?.phase === 'degraded' || release?.phase === 'refused')
  if (failed) return { kind: 'stop', reason: `${failed.cluster}: ${failed.release?.reason || 'failed'}` }
  const current = heard(rollout.waves[rollout.reached] ?? [])
  const waiting = current.filter(({ release }) => release?.phase !== 'healthy')
  if (waiting.length > 0) {
    return {
      kind: 'wait',
      reason: `waits for ${waiting.map(({ cluster }) => cluster).join(', ')} to be healthy`,
    }
  }
  const next = rollout.reached + 1
  const clusters = rollout.waves[next]
  return clusters ? { kind: 'open', reached: next, clusters } : { kind: 'finished' }
}
