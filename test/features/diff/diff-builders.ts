import { createHash } from 'node:crypto'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import type { Rendering } from '../../../src/domain/rendered-target.ts'

type Fields = Record<string, unknown>

export function anObject(kind: string, fields: Fields = {}, metadata: Fields = {}): KubernetesObject {
  const apiVersion = apiVersions[kind] ?? 'v1'
  return { apiVersion, kind, metadata: { name: 'checkout', namespace: 'shop', ...metadata }, ...fields }
}

const apiVersions: Record<string, string> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  ClusterRole: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  ClusterRoleBinding: 'rbac.authorization.k8s.io/v1',
  StorageClass: 'storage.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
  CustomResourceDefinition: 'apiextensions.k8s.io/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Ingress: 'networking.k8s.io/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  ValidatingWebhookConfiguration: 'admissionregistration.k8s.io/v1',
}

export interface Workload {
  kind?: string
  image?: string
  container?: Fields
  spec?: Fields
  pod?: Fields
  annotations?: Record<string, string>
  metadata?: Fields
}

/** A Deployment with one container `app`; each part can be replaced. */
export function aWorkload(workload: Workload = {}): KubernetesObject {
  const {
    kind = 'Deployment',
    image = 'shop/checkout:1.0.0',
    container,
    spec,
    pod,
    annotations,
    metadata,
  } = workload
  return anObject(
    kind,
    {
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'checkout' } },
        ...spec,
        template: {
          metadata: { labels: { app: 'checkout' }, ...(annotations ? { annotations } : {}) },
          spec: { containers: [{ name: 'app', image, ...container }], ...pod },
        },
      },
    },
    metadata,
  )
}

export function aSide(
  objects: KubernetesObject[],
  clusters = ['prod-eu'],
  rest: Partial<Rendering> = {},
): Rendering {
  const digest = createHash('sha1').update(JSON.stringify(objects)).digest('hex')
  return {
    revision: digest,
    targets: clusters.map((cluster) => ({
      target: { application: 'checkout', environment: 'prod', cluster },
      source: 'apps/checkout/overlays/prod',
      objects,
      digest,
    })),
    problems: [],
    ...rest,
  }
}
