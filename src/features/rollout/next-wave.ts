import type { Release, Rollout } from '../../domain/release.ts'

export type WaveDecision =
  /** Write the trees of these clusters. */
  | { kind: 'open'; reached: number; clusters: string[] }
  | { kind: 'wait'; reason: string }
  | { kind: 'stop'; reason: string }
  | { kind: 'finished' }

/**
 * What a roll-out does next, given the releases of its application in the waves that are open. The next wave opens only
 * when every cluster of the present one is healthy at the attested digest; one degraded cluster stops the rest.
 *
 * | clusters of the wave                 | decision                      |
 * | ------------------------------------ | ----------------------------- |
 * | one degraded or refused              | stop                          |
 * | all healthy at the digest            | open the next, or finished    |
 * | anything else                        | wait                          |
 */
export function nextWave(
  rollout: Rollout,
  releases: readonly Release[],
  digests: ReadonlyMap<string, string>,
): WaveDecision {
  if (rollout.stopped) return { kind: 'stop', reason: rollout.stopped }
  const wave = (rollout.waves[rollout.reached] ?? []).filter((cluster) => digests.has(cluster))
  const current = wave.map((cluster) => ({
    cluster,
    release: releases.find(
      ({ target, digest }) => target.cluster === cluster && digest === digests.get(cluster),
    ),
  }))
  const failed = current.find(({ release }) => release?.phase === 'degraded' || release?.phase === 'refused')
  if (failed) return { kind: 'stop', reason: `${failed.cluster}: ${failed.release?.reason ?? 'failed'}` }
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
