import type { KubernetesObject } from '../../domain/kubernetes-object.ts'

type Value = Record<string, unknown>

/** The status that a new object is born with, before any controller has seen it. */
const firstStatuses: Record<string, (object: KubernetesObject) => Value> = {
  Deployment: () => ({}),
  StatefulSet: () => ({ replicas: 0, availableReplicas: 0 }),
  DaemonSet: () => ({
    currentNumberScheduled: 0,
    desiredNumberScheduled: 0,
    numberMisscheduled: 0,
    numberReady: 0,
  }),
  ReplicaSet: () => ({ replicas: 0 }),
  Job: () => ({}),
  CronJob: () => ({}),
  Pod: (pod) => ({ phase: 'Pending', qosClass: hasResources(pod) ? 'Burstable' : 'BestEffort' }),
  Service: () => ({ loadBalancer: {} }),
  Ingress: () => ({ loadBalancer: {} }),
  PersistentVolumeClaim: () => ({ phase: 'Pending' }),
  PodDisruptionBudget: () => ({
    currentHealthy: 0,
    desiredHealthy: 0,
    disruptionsAllowed: 0,
    expectedPods: 0,
  }),
  HorizontalPodAutoscaler: () => ({ currentMetrics: null, desiredReplicas: 0 }),
  ResourceQuota: () => ({}),
  Namespace: () => ({ phase: 'Active' }),
  CustomResourceDefinition: (definition) => ({
    acceptedNames: { kind: '', plural: '' },
    conditions: null,
    storedVersions: ((definition['spec'] as Value)['versions'] as { name: string; storage: boolean }[])
      .filter(({ storage }) => storage)
      .map(({ name }) => name),
  }),
}

export function withFirstStatus(object: KubernetesObject): KubernetesObject {
  const status = firstStatuses[object.kind]?.(object)
  return status === undefined ? object : { ...object, status }
}

function hasResources(pod: KubernetesObject): boolean {
  const containers = ((pod['spec'] as Value)['containers'] ?? []) as { resources?: object }[]
  return containers.some(({ resources }) => Object.keys(resources ?? {}).length > 0)
}
