import { type Instant, targetKey } from '../domain/refs.ts'
import { describeChangedIdentity } from '../features/agents/judge-report.ts'
import type { Clock } from '../ports/clock.ts'
import type { ClusterGuard } from '../ports/cluster-guard.ts'
import type { Cluster } from '../ports/cluster.ts'

/** The uid of kube-system that was seen last under a cluster's name. */
export interface IdentityMemory {
  read(): Promise<string | undefined>
  remember(identity: string, how: 'first-seen' | 'accepted'): Promise<void>
}

export interface IdentityGuard extends ClusterGuard {
  /** Somebody else knows of another cluster under this name. */
  stop(reason: string): void
}

/** An identity is believed for so long; a replaced cluster breaks every connection anyway. */
const believedForMs = 60_000

/**
 * Notices a cluster that was replaced under the same name: everything would be missing there, and what is recorded of the
 * one before would be wrong. `accepted` is an operator's word for which one is meant.
 */
export function createIdentityGuard(
  cluster: Pick<Cluster, 'name' | 'identity'>,
  memory: IdentityMemory,
  clock: Pick<Clock, 'now'>,
  accepted: readonly string[] = [],
): IdentityGuard {
  let checkedAt: Instant = Number.NEGATIVE_INFINITY
  let verdict: string | undefined
  let stopped: string | undefined
  let isReplaced = false
  const looked = new Set<string>()

  const check = async (): Promise<string | undefined> => {
    const found = await cluster.identity()
    const known = await memory.read()
    if (known === found) return undefined
    if (known !== undefined && !accepted.includes(found))
      return describeChangedIdentity(cluster.name, known, found)
    isReplaced = known !== undefined
    await memory.remember(found, isReplaced ? 'accepted' : 'first-seen')
    return undefined
  }

  return {
    async refusal() {
      if (stopped !== undefined) return stopped
      if (clock.now() - checkedAt >= believedForMs) {
        verdict = await check()
        checkedAt = clock.now()
      }
      return verdict
    },
    mayPrune(target) {
      const key = targetKey(target)
      const isFirst = !looked.has(key)
      looked.add(key)
      return !(isReplaced && isFirst)
    },
    stop(reason) {
      stopped = reason
    },
  }
}
