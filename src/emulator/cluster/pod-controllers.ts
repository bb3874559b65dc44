import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { type ControllerContext, ownersOf } from './controller-context.ts'
import { type Controller, ownerReference, templateHash } from './controllers.ts'

type Value = Record<string, unknown>

interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
  spec: Value & { containers: { name: string; image: string }[] }
}

interface WorkloadSpec extends Value {
  replicas?: number
  selector: unknown
  template: PodTemplate
}

/** Image pull and container start, on the emulator's clock. */
const startMs = 1500

/** A Job's pod runs this long. */
const runMs = 1000

function specOf(object: KubernetesObject): WorkloadSpec {
  return object['spec'] as WorkloadSpec
}

function statusOf(object: KubernetesObject): Value {
  return (object['status'] ?? {}) as Value
}

/** Sentinel names: a tag that ends in `-broken` crashes, one that ends in `-missing` cannot be pulled. */
function faultOf(image: string): string | undefined {
  if (image.endsWith('-broken')) return 'CrashLoopBackOff'
  if (image.endsWith('-missing')) return 'ImagePullBackOff'
  return undefined
}

export function isReady(pod: KubernetesObject): boolean {
  const conditions = (statusOf(pod)['conditions'] ?? []) as { type: string; status: string }[]
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
}

export const podController: Controller = (pod, context) => {
  const spec = pod['spec'] as PodTemplate['spec']
  const age = context.now() - Date.parse(String(pod.metadata['creationTimestamp']))
  const status = statusOf(pod)
  if (status['phase'] === 'Succeeded') return undefined
  if (age < startMs) {
    context.setStatus(pod, {
      ...status,
      phase: 'Pending',
      conditions: [condition(context, 'PodScheduled', 'True')],
    })
    return startMs - age
  }
  const isJob = ownersOf(pod).some(({ kind }) => kind === 'Job')
  const fault = spec.containers.map(({ image }) => faultOf(image)).find((found) => found !== undefined)
  if (isJob && fault === undefined && age >= startMs + runMs) {
    context.setStatus(pod, { ...status, phase: 'Succeeded' })
    return undefined
  }
  if (status['phase'] !== 'Running') {
    const ready = fault === undefined
    const containerStatuses = spec.containers.map(({ name, image }) => ({
      name,
      image,
      ready,
      restartCount: ready ? 0 : 3,
      state: ready
        ? { running: {} }
        : { waiting: { reason: fault, message: `container ${name} does not run` } },
    }))
    const conditions = [
      condition(context, 'PodScheduled', 'True'),
      condition(context, 'Ready', ready ? 'True' : 'False', ready ? undefined : 'ContainersNotReady'),
    ]
    const phase = fault === 'ImagePullBackOff' ? 'Pending' : 'Running'
    if (phase !== status['phase'] || status['containerStatuses'] === undefined)
      context.setStatus(pod, { phase, conditions, containerStatuses, podIP: '10.244.0.2' })
  }
  return isJob && fault === undefined ? startMs + runMs - age : undefined
}

export const replicaSetController: Controller = (set, context) => {
  const wanted = specOf(set).replicas ?? 1
  const pods = context.ownedBy(set, '/Pod')
  const missing = wanted - pods.length
  for (let index = 0; index < missing; index += 1) createPod(set, uniqueName(set, pods, index), context)
  for (const pod of pods.toSorted(readyFirst).slice(wanted)) context.remove(pod)
  const present = context.ownedBy(set, '/Pod')
  const ready = present.filter(isReady).length
  context.setStatus(set, {
    observedGeneration: set.metadata.generation,
    replicas: present.length,
    fullyLabeledReplicas: present.length,
    readyReplicas: ready,
    availableReplicas: ready,
  })
  return undefined
}

function readyFirst(a: KubernetesObject, b: KubernetesObject): number {
  return Number(isReady(b)) - Number(isReady(a))
}

function uniqueName(set: KubernetesObject, pods: KubernetesObject[], index: number): string {
  const taken = new Set(pods.map((pod) => pod.metadata.name))
  for (let number = index; ; number += 1) {
    const name = `${set.metadata.name}-${templateHash([set.metadata.uid, number]).slice(0, 5)}`
    if (!taken.has(name)) return name
  }
}

function createPod(
  owner: KubernetesObject,
  name: string,
  context: ControllerContext,
  extra: Value = {},
): void {
  const template = specOf(owner).template
  context.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: owner.metadata.namespace,
      labels: { ...template.metadata?.labels, ...(extra as Record<string, string>) },
      ...(template.metadata?.annotations ? { annotations: template.metadata.annotations } : {}),
      ownerReferences: [ownerReference(owner)],
    },
    spec: template.spec,
  })
}

/** Rolling update in two steps: the new set comes up, then the old ones go. */
export const deploymentController: Controller = (deployment, context) => {
  const spec = specOf(deployment)
  const wanted = spec.replicas ?? 1
  const sets = context.ownedBy(deployment, 'apps/ReplicaSet')
  const hash = templateHash(spec.template)
  const name = `${deployment.metadata.name}-${hash}`
  const newest = sets.find((set) => set.metadata.name === name)
  if (newest === undefined) {
    context.create(newReplicaSet(deployment, name, hash))
  } else if (specOf(newest).replicas !== wanted) scale(newest, wanted, context)
  const isUp = newest !== undefined && Number(statusOf(newest)['readyReplicas'] ?? 0) >= wanted
  const old = sets.filter((set) => set !== newest)
  if (isUp) for (const set of old) if (specOf(set).replicas !== 0) scale(set, 0, context)
  return writeDeploymentStatus(deployment, newest, old, context)
}

function newReplicaSet(deployment: KubernetesObject, name: string, hash: string): KubernetesObject {
  const spec = specOf(deployment)
  const labels = { ...spec.template.metadata?.labels, 'pod-template-hash': hash }
  const selector = spec.selector as { matchLabels?: Record<string, string> }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: deployment.metadata.namespace,
      labels,
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: spec.replicas ?? 1,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, 'pod-template-hash': hash } },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    },
  }
}

function scale(set: KubernetesObject, replicas: number, context: ControllerContext): void {
  context.update(set, (live) => ({ ...live, spec: { ...specOf(live), replicas } }))
}

function writeDeploymentStatus(
  deployment: KubernetesObject,
  newest: KubernetesObject | undefined,
  old: KubernetesObject[],
  context: ControllerContext,
): number | undefined {
  const spec = specOf(deployment)
  const count = (sets: (KubernetesObject | undefined)[], field: string) =>
    sets.reduce((sum, set) => sum + (set ? Number(statusOf(set)[field] ?? 0) : 0), 0)
  const wanted = spec.replicas ?? 1
  const updated = count([newest], 'replicas')
  const replicas = count([newest, ...old], 'replicas')
  const available = count([newest, ...old], 'availableReplicas')
  const isDone =
    newest !== undefined &&
    replicas === wanted &&
    updated === wanted &&
    count([newest], 'availableReplicas') >= wanted
  const before = (statusOf(deployment)['conditions'] ?? []) as Value[]
  const isNew = statusOf(deployment)['observedGeneration'] !== deployment.metadata.generation
  const progressing = before.find(({ type }) => type === 'Progressing')
  const since =
    isNew || progressing === undefined ? context.now() : Date.parse(String(progressing['lastUpdateTime']))
  const deadlineMs = Number(spec['progressDeadlineSeconds'] ?? 600) * 1000
  const isLate = !isDone && context.now() - since >= deadlineMs
  const [status, reason] = isDone
    ? ['True', 'NewReplicaSetAvailable']
    : isLate
      ? ['False', 'ProgressDeadlineExceeded']
      : ['True', 'ReplicaSetUpdated']
  const isMinimum = available >= wanted - Math.floor(wanted / 4)
  const lastUpdateTime = new Date(since).toISOString()
  context.setStatus(deployment, {
    observedGeneration: deployment.metadata.generation,
    replicas,
    updatedReplicas: updated,
    readyReplicas: available,
    availableReplicas: available,
    unavailableReplicas: Math.max(0, wanted - available),
    conditions: [
      {
        type: 'Available',
        status: isMinimum ? 'True' : 'False',
        reason: isMinimum ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      },
      { type: 'Progressing', status, reason, lastUpdateTime },
    ],
  })
  return isDone || isLate ? undefined : Math.max(since + deadlineMs - context.now(), 100)
}

export const statefulSetController: Controller = (set, context) => {
  const wanted = specOf(set).replicas ?? 1
  const hash = templateHash(specOf(set).template)
  const revision = `${set.metadata.name}-${hash}`
  const pods = context.ownedBy(set, '/Pod')
  const label = 'controller-revision-hash'
  const ordinal = (pod: KubernetesObject) => Number(pod.metadata.name.split('-').at(-1))
  for (const pod of pods.filter((pod) => ordinal(pod) >= wanted)) context.remove(pod)
  const outdated = pods.filter((pod) => pod.metadata.labels?.[label] !== revision)
  const isCalm = pods.every(isReady)
  const last = outdated.toSorted((a, b) => ordinal(b) - ordinal(a))[0]
  if (isCalm && last) context.remove(last)
  const present = context.ownedBy(set, '/Pod')
  const next = Array.from({ length: wanted }, (_, index) => index).find(
    (index) => !present.some((pod) => ordinal(pod) === index),
  )
  if (next !== undefined && present.every(isReady))
    createPod(set, `${set.metadata.name}-${next}`, context, { [label]: revision })
  const all = context.ownedBy(set, '/Pod')
  const updated = all.filter((pod) => pod.metadata.labels?.[label] === revision)
  const isDone = updated.length === wanted && updated.every(isReady)
  const before = statusOf(set)['currentRevision']
  context.setStatus(set, {
    observedGeneration: set.metadata.generation,
    replicas: all.length,
    readyReplicas: all.filter(isReady).length,
    availableReplicas: all.filter(isReady).length,
    currentReplicas: isDone ? wanted : all.length - updated.length,
    updatedReplicas: updated.length,
    currentRevision: isDone ? revision : (before ?? revision),
    updateRevision: revision,
    collisionCount: 0,
  })
  return isDone ? undefined : 200
}

/** The emulated cluster has one node. */
export const daemonSetController: Controller = (set, context) => {
  const hash = templateHash(specOf(set).template)
  const pods = context.ownedBy(set, '/Pod')
  const current = pods.filter((pod) => pod.metadata.labels?.['controller-revision-hash'] === hash)
  for (const pod of pods) if (!current.includes(pod)) context.remove(pod)
  if (current.length === 0)
    createPod(set, `${set.metadata.name}-${hash.slice(0, 5)}`, context, { 'controller-revision-hash': hash })
  const ready = current.filter(isReady).length
  context.setStatus(set, {
    observedGeneration: set.metadata.generation,
    desiredNumberScheduled: 1,
    currentNumberScheduled: current.length,
    updatedNumberScheduled: current.length,
    numberReady: ready,
    numberAvailable: ready,
    numberMisscheduled: 0,
  })
  return ready === 1 ? undefined : 200
}

export const jobController: Controller = (job, context) => {
  const pods = context.ownedBy(job, '/Pod')
  const isOver = ((statusOf(job)['conditions'] ?? []) as Value[]).length > 0
  if (isOver || specOf(job)['suspend'] === true) return undefined
  if (pods.length === 0)
    createPod(job, `${job.metadata.name}-${templateHash(job.metadata.uid).slice(0, 5)}`, context, {
      'batch.kubernetes.io/controller-uid': job.metadata.uid,
      'batch.kubernetes.io/job-name': job.metadata.name,
    })
  const succeeded = pods.filter((pod) => statusOf(pod)['phase'] === 'Succeeded').length
  const crashed = pods.some((pod) => JSON.stringify(statusOf(pod)).includes('CrashLoopBackOff'))
  const started = { startTime: statusOf(job)['startTime'] ?? context.timestamp() }
  if (crashed) {
    const failed = { ...condition(context, 'Failed', 'True'), reason: 'BackoffLimitExceeded' }
    context.setStatus(job, { ...started, failed: 1, conditions: [failed] })
  } else if (succeeded > 0) {
    const conditions = [condition(context, 'Complete', 'True')]
    context.setStatus(job, { ...started, succeeded, completionTime: context.timestamp(), conditions })
  } else context.setStatus(job, { ...started, active: 1 })
  return undefined
}

function condition(context: ControllerContext, type: string, status: string, reason?: string): Value {
  return {
    type,
    status,
    lastTransitionTime: context.timestamp(),
    ...(reason === undefined ? {} : { reason }),
  }
}
