import { type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import type { LiveObject } from '../../domain/live-object.ts'
import { causeWords, eventsOf, ownedBy, podQuery } from '../../features/health/find-cause.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { Cluster } from '../../ports/cluster.ts'

const replicaSet = { group: 'apps', kind: 'ReplicaSet' }
const pod = { group: '', kind: 'Pod' }
const event = { group: '', kind: 'Event' }

/**
 * Why an object is not healthy, as the API server tells it: of a workload the newest pods, and the last events. Three
 * requests at most. What cannot be read is not said: a look never fails by it.
 */
export async function gatherCause(
  cluster: Pick<Cluster, 'find'>,
  object: KubernetesObject,
  live: LiveObject,
): Promise<string> {
  const { namespace } = objectId(object)
  if (namespace === '') return ''
  try {
    const { sets, pods } = await podsOf(cluster, object, live)
    const { uid } = eventsOf(live, sets, pods).metadata
    const fieldSelector = `involvedObject.uid=${uid}`
    const events = await read(cluster, event, { namespace, fieldSelector })
    return causeWords({ pods, events })
  } catch (error) {
    if (error instanceof AdapterError) return ''
    throw error
  }
}

async function podsOf(
  cluster: Pick<Cluster, 'find'>,
  object: KubernetesObject,
  live: LiveObject,
): Promise<{ sets: KubernetesObject[]; pods: KubernetesObject[] }> {
  if (object.kind === 'Pod' && live.whole !== undefined) return { sets: [], pods: [live.whole] }
  const query = podQuery(object)
  const uid = live.metadata.uid ?? ''
  if (query === undefined) return { sets: [], pods: [] }
  const { labelSelector, isThroughReplicaSets } = query
  const selected = { namespace: objectId(object).namespace, labelSelector }
  const sets = isThroughReplicaSets ? ownedBy(await read(cluster, replicaSet, selected), [uid]) : []
  const owners = isThroughReplicaSets ? sets.map(({ metadata }) => metadata.uid ?? '') : [uid]
  return { sets, pods: ownedBy(await read(cluster, pod, selected), owners) }
}

async function read(
  cluster: Pick<Cluster, 'find'>,
  ...query: Parameters<Cluster['find']>
): Promise<KubernetesObject[]> {
  const found = await cluster.find(...query)
  return found === 'denied' ? [] : found
}
