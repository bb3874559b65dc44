import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Found, ObjectChange } from './dangers.ts'
import { listAt, podTemplateOf, valueAt } from './pod-template.ts'

type Before = KubernetesObject | undefined

/** The same object under another namespace is another object. */
export function findMovedNamespace({ change, before, after }: ObjectChange): Found[] {
  const [old, young] = [before?.metadata.namespace, after?.metadata.namespace]
  if (change !== 'renamed' || !old || !young || old === young) return []
  return [
    {
      field: 'metadata.namespace',
      sentence: `It is made anew in ${young} and deleted in ${old}: what refers to it by its old namespace finds nothing.`,
    },
  ]
}

/** Webhooks whose failure now keeps the cluster from taking objects. `Fail` is what a webhook does when it does not say. */
export function findClosedWebhooks(before: Before, after: KubernetesObject): Found[] {
  if (!/^(Validating|Mutating)WebhookConfiguration$/.test(after.kind)) return []
  const closed = (object: Before) =>
    listAt(object, 'webhooks')
      .filter(({ failurePolicy }) => failurePolicy !== 'Ignore')
      .map(({ name }) => String(name))
  const known = new Set(closed(before))
  return closed(after)
    .filter((name) => !known.has(name))
    .map((name) => ({
      field: `webhooks[${name}].failurePolicy`,
      sentence: `While the service behind ${name} does not answer, the cluster refuses all objects that it looks at.`,
    }))
}

export function findChangedFinalizers(before: Before, after: KubernetesObject): Found[] {
  if (!before) return []
  const of = (object: KubernetesObject) => {
    const list = object.metadata.finalizers
    return Array.isArray(list) ? list.map(String) : []
  }
  const [old, young] = [of(before), of(after)]
  const removed = old.filter((name) => !young.includes(name))
  const added = young.filter((name) => !old.includes(name))
  return [
    ...(removed.length > 0
      ? [
          {
            field: 'metadata.finalizers',
            sentence: `Deleting it no longer waits for ${removed.join(', ')}: what that cleans up may stay behind.`,
          },
        ]
      : []),
    ...(added.length > 0
      ? [
          {
            field: 'metadata.finalizers',
            sentence: `It can be deleted only after ${added.join(', ')} agreed.`,
          },
        ]
      : []),
  ]
}

/** Pods that push others from their nodes. */
export function findRaisedPriority(before: Before, after: KubernetesObject): Found[] {
  if (after.kind === 'PriorityClass' && after.globalDefault === true && before?.globalDefault !== true) {
    return [
      {
        field: 'globalDefault',
        sentence: 'Every new pod of the cluster that names no priority gets this one.',
      },
    ]
  }
  const [old, young] = [podTemplateOf(before), podTemplateOf(after)]
  const name = young?.spec.priorityClassName
  if (typeof name !== 'string' || !name.startsWith('system-') || name === old?.spec.priorityClassName)
    return []
  return [
    {
      field: `${young?.path}.priorityClassName`,
      sentence: `With ${name}, its pods push any other from a node that is full.`,
    },
  ]
}

export function findReclaim(before: Before, after: KubernetesObject): Found[] {
  if (after.kind !== 'PersistentVolume' || !before) return []
  const field = 'persistentVolumeReclaimPolicy'
  if (valueAt(after, ['spec', field]) !== 'Delete' || valueAt(before, ['spec', field]) === 'Delete') return []
  return [
    {
      field: `spec.${field}`,
      sentence: 'When its claim is deleted, the data of this volume is deleted too.',
    },
  ]
}

const levels = ['restricted', 'baseline', 'privileged']
const enforce = 'pod-security.kubernetes.io/enforce'

/** A Namespace that lets pods do more than before. Without the label it lets them do everything. */
export function findWeakenedNamespace(before: Before, after: KubernetesObject): Found[] {
  if (after.kind !== 'Namespace' || !before) return []
  const level = (object: KubernetesObject) => object.metadata.labels?.[enforce] ?? 'privileged'
  const [old, young] = [level(before), level(after)]
  if (levels.indexOf(young) <= levels.indexOf(old)) return []
  return [
    {
      field: `metadata.labels.${enforce}`,
      sentence: `Pods in it may do what the level ${old} forbade: it enforces ${young}.`,
    },
  ]
}
