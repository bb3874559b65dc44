import type { JsonPatchOperation } from '../../domain/json-patch.ts'
import { formatObjectId, type KubernetesObject } from '../../domain/kubernetes-object.ts'
import { askedMode } from '../../features/sync/apply-mode.ts'
import { fieldManager } from '../../features/sync/ownership.ts'
import { planAdoption } from '../../features/sync/plan-adoption.ts'
import type { Change } from '../../features/sync/plan-sync.ts'
import type { ApplyResult, Cluster } from '../../ports/cluster.ts'

export type Adoption =
  | { kind: 'adopted'; object: KubernetesObject }
  /** Somebody else wrote it every time: the next look goes on. */
  | { kind: 'waiting'; reason: string }
  | { kind: 'refused'; reason: string }

/** The object as it was before us, where an earlier deployer may have something to hand over. */
export async function findEarlier(
  cluster: Cluster,
  { id, object }: Change,
  result: ApplyResult,
): Promise<KubernetesObject | undefined> {
  if (result.kind !== 'applied' && result.kind !== 'conflict') return undefined
  if (askedMode(object)?.mode === 'merge') return undefined
  const live = result.kind === 'applied' ? result.object : await cluster.get(id)
  return live && planAdoption(live, object) ? live : undefined
}

/** Controllers write an object that has just been applied, too: handing over is tried so often in one look. */
const mostTries = 5

/** Takes over what an earlier deployer owned. Nothing counts as applied before that: it would stay theirs for good. */
export async function adoptObject(
  cluster: Cluster,
  { id, object }: Change,
  found: KubernetesObject,
): Promise<Adoption> {
  const name = formatObjectId(id)
  let live: KubernetesObject | undefined = found
  for (let tries = 0; tries < mostTries && live !== undefined; tries += 1) {
    const operations = planAdoption(live, object)
    if (operations === undefined) return { kind: 'adopted', object: live }
    const answer = await cluster.patch(id, operations, { fieldManager })
    if (answer === 'patched') return { kind: 'adopted', object: handedOver(live, operations) }
    if (answer === 'denied')
      return { kind: 'refused', reason: `${name}: the API server does not let us take it over` }
    live = await cluster.get(id)
  }
  return { kind: 'waiting', reason: `${name} is taken over once nobody else writes it at the same time` }
}

function handedOver(live: KubernetesObject, operations: readonly JsonPatchOperation[]): KubernetesObject {
  const entries = operations.find(({ path }) => path === '/metadata/managedFields')
  const managedFields = entries && 'value' in entries ? entries.value : live.metadata['managedFields']
  return { ...live, metadata: { ...live.metadata, managedFields } }
}
