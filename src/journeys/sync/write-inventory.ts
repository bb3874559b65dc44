import { formatObjectId, type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import type { RepositoryRef, Target } from '../../domain/refs.ts'
import { sortKeys } from '../../domain/sort-keys.ts'
import { type Inventory, inventoryNamespace, toInventoryObjects } from '../../features/sync/inventory.ts'
import { fieldManager } from '../../features/sync/ownership.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { ClusterView } from '../../ports/cluster-view.ts'
import type { Cluster } from '../../ports/cluster.ts'

export interface InventoryWriter {
  /** Stores the inventory where it differs from what is stored. */
  write(inventory: Inventory): Promise<void>
  writes(): number
}

export function openInventoryWriter(
  cluster: Cluster,
  view: ClusterView,
  repository: RepositoryRef,
  target: Target,
  stored: readonly KubernetesObject[],
): InventoryWriter {
  const newest = new Map(stored.map((object) => [object.metadata.name, object]))
  let writes = 0
  return {
    async write(inventory) {
      const objects = toInventoryObjects(repository, target, inventory)
      for (const object of objects.filter((one) => !isStored(one, newest.get(one.metadata.name)))) {
        view.note(await record(cluster, object, newest.has(object.metadata.name)))
        newest.set(object.metadata.name, object)
        writes += 1
      }
      const names = new Set(objects.map(({ metadata }) => metadata.name))
      for (const [name, object] of newest) {
        if (names.has(name)) continue
        if (object.metadata.uid !== undefined) await cluster.delete(objectId(object), object.metadata.uid)
        newest.delete(name)
      }
    },
    writes: () => writes,
  }
}

function isStored(object: KubernetesObject, stored: KubernetesObject | undefined): boolean {
  return JSON.stringify(sortKeys(stored?.['data'])) === JSON.stringify(sortKeys(object['data']))
}

const namespaceObject: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: inventoryNamespace },
}

/** Our own bookkeeping has to be written: nothing is applied that is not recorded. Its namespace comes with the first. */
async function record(
  cluster: Cluster,
  object: KubernetesObject,
  isThere: boolean,
): Promise<KubernetesObject> {
  const write = () => cluster.replace(object, { fieldManager, isThere })
  let result = await write()
  if (result.kind === 'no-namespace') {
    const namespace = await cluster.apply(namespaceObject, { fieldManager, force: true })
    if (namespace.kind === 'applied') result = await write()
  }
  if (result.kind === 'replaced') return result.object
  throw new AdapterError({
    system: 'kubernetes',
    operation: `record in ${formatObjectId(objectId(object))}`,
    target: cluster.name,
    retryable: true,
    message:
      result.kind === 'denied'
        ? `the API server refuses it: ${result.reason}`
        : 'its namespace cannot be made',
  })
}
