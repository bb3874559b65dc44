import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { isSame } from './compare-values.ts'
import { isMap } from './field-set.ts'
import type { Cause } from './status-error.ts'

type Value = Record<string, unknown>

/** What the server says of one field that cannot change, and how it finds that it did. */
type Rule = (live: KubernetesObject, next: KubernetesObject) => Cause[]

const rulesByKind: Record<string, Rule[]> = {
  Deployment: [fixed('spec.selector')],
  ReplicaSet: [fixed('spec.selector')],
  DaemonSet: [fixed('spec.selector')],
  StatefulSet: [
    onlyMayChange(
      ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit'],
      ['persistentVolumeClaimRetentionPolicy', 'minReadySeconds'],
    ),
  ],
  Job: [
    fixed('spec.completions'),
    fixed('spec.selector'),
    changedAt(
      'spec.template',
      'spec.template.spec',
      'FieldValueInvalid',
      'Invalid value: {}: field is immutable',
    ),
  ],
  Service: [clusterAddress],
  PersistentVolumeClaim: [claim],
  Pod: [pod],
  RoleBinding: [roleRef],
  ClusterRoleBinding: [roleRef],
  ConfigMap: [sealed],
  Secret: [fixed('type'), sealed],
  StorageClass: [fixed('provisioner'), fixed('parameters')],
  IngressClass: [fixed('spec.controller')],
  PriorityClass: [
    changedAt('value', 'value', 'FieldValueForbidden', 'Forbidden: may not be changed in an update.'),
  ],
  CustomResourceDefinition: [fixed('spec.scope'), fixed('spec.group')],
}

export function immutableCauses(live: KubernetesObject, next: KubernetesObject): Cause[] {
  return (rulesByKind[next.kind] ?? []).flatMap((rule) => rule(live, next))
}

function fixed(path: string): Rule {
  return (live, next) =>
    changed(live, next, path)
      ? [invalid(path, `Invalid value: ${JSON.stringify(at(next, path))}: field is immutable`)]
      : []
}

function changedAt(path: string, field: string, reason: string, message: string): Rule {
  return (live, next) => (changed(live, next, path) ? [{ reason, message, field }] : [])
}

function onlyMayChange(names: string[], more: string[]): Rule {
  const quoted = [...names, ...more].map((name) => `'${name}'`)
  const words = `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`
  const message = `Forbidden: updates to statefulset spec for fields other than ${words} are forbidden`
  const without = (object: KubernetesObject) =>
    Object.fromEntries(
      Object.entries(object['spec'] as Value).filter(([name]) => ![...names, ...more].includes(name)),
    )
  return (live, next) =>
    isSame(without(live), without(next)) ? [] : [{ reason: 'FieldValueForbidden', message, field: 'spec' }]
}

function clusterAddress(live: KubernetesObject, next: KubernetesObject): Cause[] {
  if (!changed(live, next, 'spec.clusterIP')) return []
  const message = `Invalid value: ["${String(at(next, 'spec.clusterIP'))}"]: may not change once set`
  return [invalid('spec.clusterIPs[0]', message)]
}

/** A claim gets its class and its volume once; nothing else of it changes before it is bound. */
function claim(live: KubernetesObject, next: KubernetesObject): Cause[] {
  const before = live['spec'] as Value
  const after = Object.entries(next['spec'] as Value).filter(
    ([name]) => !['storageClassName', 'volumeName'].includes(name) || before[name] !== undefined,
  )
  if (isSame(before, Object.fromEntries(after))) return []
  const message =
    'Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
  return [{ reason: 'FieldValueForbidden', message, field: 'spec' }]
}

function pod(live: KubernetesObject, next: KubernetesObject): Cause[] {
  const without = (object: KubernetesObject) => {
    const {
      containers,
      initContainers,
      activeDeadlineSeconds: _,
      tolerations: __,
      ...spec
    } = object['spec'] as Value
    const withoutImages = (list: unknown) =>
      ((list ?? []) as Value[]).map(({ image: _image, imagePullPolicy: _policy, ...container }) => container)
    return { ...spec, containers: withoutImages(containers), initContainers: withoutImages(initContainers) }
  }
  if (isSame(without(live), without(next))) return []
  const message =
    'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'
  return [{ reason: 'FieldValueForbidden', message, field: 'spec' }]
}

function roleRef(live: KubernetesObject, next: KubernetesObject): Cause[] {
  if (!changed(live, next, 'roleRef')) return []
  return [invalid('roleRef', `Invalid value: ${JSON.stringify(next['roleRef'])}: cannot change roleRef`)]
}

function sealed(live: KubernetesObject, next: KubernetesObject): Cause[] {
  if (live['immutable'] !== true) return []
  const message = 'Forbidden: field is immutable when `immutable` is set'
  return ['immutable', 'data', 'binaryData']
    .filter((field) => !isSame(live[field], next[field]))
    .map((field) => ({ reason: 'FieldValueForbidden', message, field }))
}

/** What was not there may still be set. */
function changed(live: KubernetesObject, next: KubernetesObject, path: string): boolean {
  return at(live, path) !== undefined && !isSame(at(live, path), at(next, path))
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((node, field) => (isMap(node) ? node[field] : undefined), value)
}

function invalid(field: string, message: string): Cause {
  return { reason: 'FieldValueInvalid', message, field }
}
