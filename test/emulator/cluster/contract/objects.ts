import type { KubernetesObject } from '../../../../src/domain/kubernetes-object.ts'

export const labels = { app: 'contract' }

export function aConfigMap(name: string, data: Record<string, string> = { a: '1' }): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }
}

const container = { name: 'app', image: 'registry.example/app:1' }
const template = { metadata: { labels }, spec: { containers: [container] } }

export function aDeployment(name: string, spec: object = {}): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template, ...spec },
  }
}

/** A deployment of one container with more fields. */
export function withContainer(name: string, fields: object, pod: object = {}): KubernetesObject {
  return aDeployment(name, {
    template: { metadata: { labels }, spec: { containers: [{ ...container, ...fields }], ...pod } },
  })
}

const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } }

/** The least that each kind is accepted with. */
export const least: Record<string, KubernetesObject> = {
  Deployment: aDeployment('least'),
  StatefulSet: {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'least' },
    spec: {
      selector: { matchLabels: labels },
      serviceName: 'least',
      template,
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim }],
    },
  },
  DaemonSet: {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'least' },
    spec: { selector: { matchLabels: labels }, template },
  },
  ReplicaSet: {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'least' },
    spec: { selector: { matchLabels: labels }, template },
  },
  Job: {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'least' },
    spec: { template: { spec: { containers: [container], restartPolicy: 'Never' } } },
  },
  CronJob: {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'least' },
    spec: {
      schedule: '0 3 * * *',
      jobTemplate: { spec: { template: { spec: { containers: [container], restartPolicy: 'Never' } } } },
    },
  },
  Service: {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'least' },
    spec: { clusterIP: '10.96.200.200', selector: labels, ports: [{ port: 80 }] },
  },
  Secret: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'least' }, stringData: { key: 'value' } },
  ServiceAccount: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'least' } },
  PersistentVolumeClaim: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'least' },
    spec: claim,
  },
  Ingress: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'least' },
    spec: { defaultBackend: { service: { name: 'least', port: { number: 80 } } } },
  },
  NetworkPolicy: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'least' },
    spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] },
  },
  PodDisruptionBudget: {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'least' },
    spec: { minAvailable: 1, selector: { matchLabels: labels } },
  },
  HorizontalPodAutoscaler: {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'least' },
    spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'least' } },
  },
  Role: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'least' },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  },
  RoleBinding: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'least' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'least' },
    subjects: [{ kind: 'User', name: 'ada' }],
  },
  PriorityClass: {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'contract-least' },
    value: 1000,
  },
  StorageClass: {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'contract-least' },
    provisioner: 'example.com/disk',
  },
  IngressClass: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'contract-least' },
    spec: { controller: 'example.com/ingress' },
  },
  Namespace: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'contract-least' } },
  Lease: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'least' }, spec: {} },
  LimitRange: {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'least' },
    spec: { limits: [{ type: 'Container', default: { cpu: '1000m' } }] },
  },
  ResourceQuota: {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'least' },
    spec: { hard: { pods: '10', 'requests.cpu': '2000m' } },
  },
  Pod: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'least' },
    spec: { containers: [container], serviceAccountName: 'default', automountServiceAccountToken: false },
  },
  CustomResourceDefinition: aDefinition('Least'),
}

/** A definition of a namespaced kind in the group `contract.drawbridge.dev`. */
export function aDefinition(kind: string, version: object = {}, spec: object = {}): KubernetesObject {
  const group = 'contract.drawbridge.dev'
  const plural = `${kind.toLowerCase()}s`
  const properties = {
    size: { type: 'integer', minimum: 1, default: 1 },
    parts: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, note: { type: 'string' } },
      },
    },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  }
  const schema = {
    type: 'object',
    properties: {
      spec: { type: 'object', properties },
      status: { type: 'object', properties: { phase: { type: 'string' } } },
    },
  }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          subresources: { status: {} },
          ...version,
        },
      ],
      ...spec,
    },
  }
}

export function custom(kind: string, name: string, spec: object): KubernetesObject {
  return { apiVersion: 'contract.drawbridge.dev/v1', kind, metadata: { name }, spec }
}
