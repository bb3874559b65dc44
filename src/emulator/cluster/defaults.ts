import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { canonicalQuantity } from './canonical-quantity.ts'
import { childrenOf, isMap } from './field-set.ts'
import { fillFromSchema } from './fill-from-schema.ts'
import type { Schema } from './schema.ts'

type Value = Record<string, unknown>

/** What the server makes of an object before it is stored: quantities in canonical form, defaults filled in. */
export function withDefaults(schema: Schema, object: KubernetesObject): KubernetesObject {
  const copy = normalise(schema, object) as KubernetesObject
  fillFromSchema(schema, copy)
  defaultsByKind[copy.kind]?.(copy)
  return copy
}

/** A copy with quantities canonical, nulls and unknown fields left out, and Secret text as bytes. */
export function normalise(schema: Schema, value: unknown): unknown {
  if (schema.kind === 'scalar') return schema.format === 'quantity' ? canonicalQuantity(value) : value
  if (Array.isArray(value))
    return value.map((item) => normalise(schema.kind === 'list' ? schema.item : { kind: 'any' }, item))
  if (!isMap(value)) return value
  const entries = childrenOf(schema, value)
    .filter(([element, child]) => child !== null && child !== undefined && isKnown(schema, element.slice(2)))
    .map(([element, child, childSchema]) => [element.slice(2), normalise(childSchema, child)] as const)
  const copy: Value = Object.fromEntries(entries)
  if (isMap(copy['stringData']) && copy['kind'] === 'Secret') return withoutStringData(copy)
  return copy
}

function isKnown(schema: Schema, field: string): boolean {
  return schema.kind !== 'struct' || schema.field(field) !== undefined
}

function withoutStringData({ stringData, ...secret }: Value): Value {
  const data = Object.entries(stringData as Value).map(([key, text]) => [
    key,
    Buffer.from(String(text)).toString('base64'),
  ])
  return { ...secret, data: { ...(secret['data'] as Value | undefined), ...Object.fromEntries(data) } }
}

/** Sets what is not there. */
function fill(value: Value, defaults: Value): void {
  for (const [field, standard] of Object.entries(defaults)) value[field] ??= standard
}

function below(value: Value, field: string): Value {
  return (value[field] ??= {}) as Value
}

function items(value: Value, field: string): Value[] {
  return (value[field] ?? []) as Value[]
}

const defaultsByKind: Record<string, (object: Value) => void> = {
  Deployment(object) {
    const spec = below(object, 'spec')
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 })
    const strategy = below(spec, 'strategy')
    fill(strategy, { type: 'RollingUpdate' })
    if (strategy['type'] === 'RollingUpdate')
      fill(below(strategy, 'rollingUpdate'), { maxSurge: '25%', maxUnavailable: '25%' })
    fillTemplate(spec, 'Always')
  },
  ReplicaSet(object) {
    fill(below(object, 'spec'), { replicas: 1 })
    fillTemplate(below(object, 'spec'), 'Always')
  },
  StatefulSet(object) {
    const spec = below(object, 'spec')
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' })
    const strategy = below(spec, 'updateStrategy')
    fill(strategy, { type: 'RollingUpdate' })
    if (strategy['type'] === 'RollingUpdate') fill(below(strategy, 'rollingUpdate'), { partition: 0 })
    fill(below(spec, 'persistentVolumeClaimRetentionPolicy'), { whenDeleted: 'Retain', whenScaled: 'Retain' })
    for (const claim of items(spec, 'volumeClaimTemplates')) {
      fill(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' })
      fill(below(claim, 'spec'), { volumeMode: 'Filesystem' })
      fill(claim, { status: { phase: 'Pending' } })
    }
    fillTemplate(spec, 'Always')
  },
  DaemonSet(object) {
    const spec = below(object, 'spec')
    fill(spec, { revisionHistoryLimit: 10 })
    const strategy = below(spec, 'updateStrategy')
    fill(strategy, { type: 'RollingUpdate' })
    if (strategy['type'] === 'RollingUpdate')
      fill(below(strategy, 'rollingUpdate'), { maxSurge: 0, maxUnavailable: 1 })
    fillTemplate(spec, 'Always')
  },
  Job(object) {
    const spec = below(object, 'spec')
    fill(spec, {
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      completions: 1,
      parallelism: 1,
      suspend: false,
      manualSelector: false,
      podReplacementPolicy: 'TerminatingOrFailed',
    })
    fillTemplate(spec, 'Never')
  },
  CronJob(object) {
    const spec = below(object, 'spec')
    fill(spec, { concurrencyPolicy: 'Allow', suspend: false })
    fill(spec, { successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 })
    const job = below(spec, 'jobTemplate')
    fill(job, { metadata: {} })
    fillTemplate(below(job, 'spec'), 'Never')
    fill(below(below(job, 'spec'), 'template'), { metadata: {} })
  },
  Pod(object) {
    const spec = below(object, 'spec')
    fill(spec, { serviceAccountName: 'default', enableServiceLinks: true })
    fill(spec, { priority: 0, preemptionPolicy: 'PreemptLowerPriority' })
    fill(spec, { tolerations: ['not-ready', 'unreachable'].map(tolerationFor) })
    fillPod(spec, 'Always')
  },
  NetworkPolicy(object) {
    const spec = below(object, 'spec')
    const rules = [...items(spec, 'ingress'), ...items(spec, 'egress')]
    for (const port of rules.flatMap((rule) => items(rule, 'ports'))) fill(port, { protocol: 'TCP' })
    fill(spec, { policyTypes: spec['egress'] === undefined ? ['Ingress'] : ['Ingress', 'Egress'] })
  },
  RoleBinding: fillSubjects,
  ClusterRoleBinding: fillSubjects,
  PriorityClass(object) {
    fill(object, { preemptionPolicy: 'PreemptLowerPriority' })
  },
  StorageClass(object) {
    fill(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' })
  },
  LimitRange(object) {
    for (const limit of items(below(object, 'spec'), 'limits'))
      if (limit['type'] === 'Container' && isMap(limit['default']))
        limit['defaultRequest'] = { ...limit['default'], ...(limit['defaultRequest'] as Value | undefined) }
  },
  Service(object) {
    const spec = below(object, 'spec')
    fill(spec, { type: 'ClusterIP', sessionAffinity: 'None' })
    if (spec['type'] !== 'ExternalName')
      fill(spec, { internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' })
    for (const port of items(spec, 'ports')) fill(port, { protocol: 'TCP', targetPort: port['port'] })
  },
  Secret(object) {
    fill(object, { type: 'Opaque' })
  },
  Namespace(object) {
    fill(below(object, 'spec'), { finalizers: ['kubernetes'] })
    const labels = below(below(object, 'metadata'), 'labels')
    fill(labels, { 'kubernetes.io/metadata.name': below(object, 'metadata')['name'] })
  },
  PersistentVolumeClaim(object) {
    fill(below(object, 'spec'), { volumeMode: 'Filesystem' })
  },
  CustomResourceDefinition(object) {
    const spec = below(object, 'spec')
    fill(below(spec, 'conversion'), { strategy: 'None' })
    const names = below(spec, 'names')
    fill(names, {
      singular: String(names['kind'] ?? '').toLowerCase(),
      listKind: `${String(names['kind'])}List`,
    })
  },
  HorizontalPodAutoscaler(object) {
    const target = { type: 'Utilization', averageUtilization: 80 }
    const metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }]
    fill(below(object, 'spec'), { minReplicas: 1, metrics })
  },
}

function fillSubjects(object: Value): void {
  for (const subject of items(object, 'subjects'))
    if (subject['kind'] !== 'ServiceAccount') fill(subject, { apiGroup: 'rbac.authorization.k8s.io' })
}

/** A pod leaves a node that is gone after five minutes. */
function tolerationFor(state: string): Value {
  const key = `node.kubernetes.io/${state}`
  return { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }
}

function fillTemplate(spec: Value, restartPolicy: string): void {
  fillPod(below(below(spec, 'template'), 'spec'), restartPolicy)
}

function fillPod(pod: Value, restartPolicy: string): void {
  fill(pod, { restartPolicy, dnsPolicy: 'ClusterFirst', schedulerName: 'default-scheduler' })
  fill(pod, { securityContext: {}, terminationGracePeriodSeconds: 30 })
  if (pod['serviceAccountName'] !== undefined) pod['serviceAccount'] = pod['serviceAccountName']
  for (const container of [...items(pod, 'containers'), ...items(pod, 'initContainers')])
    fillContainer(container)
  for (const volume of items(pod, 'volumes')) {
    for (const source of ['configMap', 'secret', 'projected'])
      if (isMap(volume[source])) fill(volume[source], { defaultMode: 420 })
    if (isMap(volume['hostPath'])) fill(volume['hostPath'], { type: '' })
    for (const source of isMap(volume['projected']) ? items(volume['projected'], 'sources') : [])
      if (isMap(source['serviceAccountToken']))
        fill(source['serviceAccountToken'], { expirationSeconds: 3600 })
  }
}

function fillContainer(container: Value): void {
  const image = String(container['image'] ?? '')
  const isLatest = !image.includes('@') && (image.endsWith(':latest') || !/:[^/]+$/.test(image))
  fill(container, {
    imagePullPolicy: isLatest ? 'Always' : 'IfNotPresent',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  })
  for (const port of items(container, 'ports')) fill(port, { protocol: 'TCP' })
  for (const { valueFrom } of items(container, 'env'))
    if (isMap(valueFrom) && isMap(valueFrom['fieldRef'])) fill(valueFrom['fieldRef'], { apiVersion: 'v1' })
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[name]
    if (!isMap(probe)) continue
    fill(probe, { failureThreshold: 3, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1 })
    if (isMap(probe['httpGet'])) fill(probe['httpGet'], { scheme: 'HTTP', path: '/' })
  }
}
