import { formatObjectId, objectId, objectKey } from '../../domain/kubernetes-object.ts'
import { askedMode } from '../../features/sync/apply-mode.ts'
import type { SyncFacts } from '../../features/sync/plan-sync.ts'
import type { Cluster } from '../../ports/cluster.ts'

/**
 * The objects of a release that are left as they are, by key, each with what is to be told of it (empty: nothing). The
 * cluster is asked only for what is to be made once, and is in no view: others may have made it.
 */
export async function gatherLeft(
  cluster: Pick<Cluster, 'get'>,
  { desired, live }: Pick<SyncFacts, 'desired' | 'live'>,
): Promise<Map<string, string>> {
  const left = new Map<string, string>()
  for (const object of desired) {
    const id = objectId(object)
    const key = objectKey(id)
    const there = live.get(key)
    const said = there && askedMode(there)
    const asked = askedMode(object)
    if (asked?.mode === 'never') left.set(key, '')
    else if (said?.mode === 'never')
      left.set(key, `${formatObjectId(id)} is left alone: it says ${said.by} on the cluster`)
    else if (asked?.mode === 'once' && (there ?? (await cluster.get(id)))) left.set(key, '')
  }
  return left
}
