import { createCluster } from '../../src/adapters/kubernetes/create-cluster.ts'
import { type KubernetesObject, objectId } from '../../src/domain/kubernetes-object.ts'
import type { Cluster } from '../../src/ports/cluster.ts'
import { machineClock, seededRandom, silentLog } from '../emulator/cluster/start-cluster.ts'
import { aSetting, shopKinds, versionOf } from './shop-objects.ts'

/** What is really there, and what somebody else does to it. */
export interface LiveNamespace {
  cluster: Cluster
  /** `Kind/name version` of all that carries a version, in order. */
  versions(): Promise<string[]>
  find(name: string): Promise<KubernetesObject | undefined>
  /** Somebody else writes this. */
  put(object: KubernetesObject): Promise<void>
  /** Ends what this holds open; `andAll` also deletes the namespace. */
  close(andAll?: boolean): Promise<void>
}

export function openNamespace(kubeconfig: string, namespace: string): LiveNamespace {
  const random = seededRandom()
  const cluster = createCluster({ name: 'real', kubeconfig, clock: machineClock, random, log: silentLog })
  const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  return {
    cluster,
    async versions() {
      const lists = await Promise.all(shopKinds.map((kind) => cluster.list({ group: '', kind }, {})))
      const here = lists
        .flatMap(({ objects }) => objects)
        .filter(({ metadata }) => metadata.namespace === namespace)
      return describeVersions(here)
    },
    find: (name) => cluster.get(objectId(aSetting(namespace, name, ''))),
    async put(object) {
      await cluster.apply(object, { fieldManager: 'somebody', force: true })
    },
    async close(andAll = true) {
      const found = andAll ? await cluster.get(objectId(home)) : undefined
      if (found?.metadata.uid) await cluster.delete(objectId(home), found.metadata.uid)
      await cluster.close()
    },
  }
}

/** The same of objects as they are wanted. */
export function describeVersions(objects: readonly KubernetesObject[]): string[] {
  return objects
    .flatMap((object) => {
      const version = versionOf(object)
      return version === undefined ? [] : [`${object.kind}/${object.metadata.name} ${version}`]
    })
    .toSorted()
}
