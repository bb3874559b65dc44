import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Controller } from './controllers.ts'
import {
  daemonSetController,
  deploymentController,
  jobController,
  podController,
  replicaSetController,
  statefulSetController,
} from './pod-controllers.ts'
import { servedKinds, storageKind } from './served-kinds.ts'

type Value = Record<string, unknown>

/** Who writes status in the emulated cluster, by group and kind. */
export const statusWriters: Record<string, Controller> = {
  '/Pod': podController,
  'apps/ReplicaSet': replicaSetController,
  'apps/Deployment': deploymentController,
  'apps/StatefulSet': statefulSetController,
  'apps/DaemonSet': daemonSetController,
  'batch/Job': jobController,
  '/PersistentVolumeClaim': (claim, context) => {
    if (claim.metadata.deletionTimestamp !== undefined) {
      context.update(claim, (live) => withoutFinalizer(live, 'kubernetes.io/pvc-protection'))
      return undefined
    }
    const capacity = ((claim['spec'] as Value)['resources'] as Value | undefined)?.['requests']
    context.setStatus(claim, {
      phase: 'Bound',
      capacity,
      accessModes: (claim['spec'] as Value)['accessModes'],
    })
    return undefined
  },
  '/Service': (service, context) => {
    const isBalancer = (service['spec'] as Value)['type'] === 'LoadBalancer'
    context.setStatus(service, { loadBalancer: isBalancer ? { ingress: [{ ip: '203.0.113.10' }] } : {} })
    return undefined
  },
  'policy/PodDisruptionBudget': (budget, context) => {
    context.setStatus(budget, { observedGeneration: budget.metadata.generation, disruptionsAllowed: 1 })
    return undefined
  },
  'apiextensions.k8s.io/CustomResourceDefinition': (crd, context) => {
    const names = (crd['spec'] as Value)['names']
    const yes = { status: 'True', reason: 'InitialNamesAccepted' }
    context.setStatus(crd, {
      acceptedNames: names,
      conditions: [
        { ...yes, reason: 'NoConflicts', type: 'NamesAccepted' },
        { ...yes, type: 'Established' },
      ],
      storedVersions: ((crd['spec'] as Value)['versions'] as { name: string }[]).map(({ name }) => name),
    })
    return undefined
  },
  '/Namespace': (namespace, context) => {
    if (namespace.metadata.deletionTimestamp === undefined) {
      context.setStatus(namespace, { phase: 'Active' })
      return undefined
    }
    const content = servedKinds(context.storage)
      .filter((kind) => kind.isNamespaced)
      .flatMap((kind) => context.storage.list(storageKind(kind)))
      .filter((object) => object.metadata.namespace === namespace.metadata.name)
    for (const object of content) context.end(object)
    const isHeld = content.some(({ metadata }) => ((metadata['finalizers'] ?? []) as string[]).length > 0)
    if (content.length === 0) context.remove(namespace)
    else
      context.setStatus(namespace, {
        phase: 'Terminating',
        ...(isHeld && { conditions: [finalizersRemain] }),
      })
    return content.length === 0 ? undefined : 100
  },
}

const finalizersRemain = {
  type: 'NamespaceFinalizersRemaining',
  status: 'True',
  reason: 'SomeFinalizersRemain',
}

function withoutFinalizer(object: KubernetesObject, name: string): KubernetesObject {
  const finalizers = ((object.metadata['finalizers'] ?? []) as string[]).filter((known) => known !== name)
  return { ...object, metadata: { ...object.metadata, finalizers } }
}
