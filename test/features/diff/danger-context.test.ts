import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { noteCodes } from '../../../src/features/diff/dangers.ts'
import { diffRenderings } from '../../../src/features/diff/diff-renderings.ts'
import { anObject, aSide, aWorkload } from './diff-builders.ts'

/** Codes of all dangers of a change of one target, as the whole product finds them. */
function codes(before: KubernetesObject[], after: KubernetesObject[]): string[] {
  const { targets } = diffRenderings(aSide(before), aSide(after), { maskKey: 'k' })
  const dangers = targets.flatMap(({ objects }) => objects.flatMap((object) => object.dangers))
  return dangers.map(({ code }) => code).filter((code) => !noteCodes.has(code))
}

const w = aWorkload
const replicas = (count?: number) => w({ spec: { replicas: count } })
const inside = (container: Record<string, unknown>) => w({ container })
const secured = (securityContext: object) => inside({ securityContext })
const ref = { kind: 'Deployment', name: 'checkout' }
const hpa = (spec: object) => anObject('HorizontalPodAutoscaler', { spec: { scaleTargetRef: ref, ...spec } })
const budget = (spec: object) =>
  anObject('PodDisruptionBudget', { spec: { selector: { matchLabels: { app: 'checkout' } }, ...spec } })
const service = (spec: object) => anObject('Service', { spec })
const crd = (...versions: [string, boolean, boolean][]) =>
  anObject('CustomResourceDefinition', {
    spec: { versions: versions.map(([name, served, storage]) => ({ name, served, storage })) },
  })
const ingress = (hosts: string[], tls: string[] = []) =>
  anObject('Ingress', { spec: { rules: hosts.map((host) => ({ host })), tls: [{ hosts: tls }] } })
const network = (spec: object) => anObject('NetworkPolicy', { spec: { podSelector: {}, ...spec } })
const webhook = (failurePolicy?: string) =>
  anObject('ValidatingWebhookConfiguration', { webhooks: [{ name: 'a.example.org', failurePolicy }] })
const role = (...rules: object[]) => anObject('Role', { rules })
const rule = (verbs: string[], resources: string[], more: object = {}) => ({
  apiGroups: [''],
  resources,
  verbs,
  ...more,
})
const binding = (...subjects: string[]) =>
  anObject('RoleBinding', {
    roleRef: { kind: 'ClusterRole', name: 'edit' },
    subjects: subjects.map((name) => ({ kind: 'User', name })),
  })
const namespace = (level?: string) =>
  anObject('Namespace', {}, { labels: level ? { 'pod-security.kubernetes.io/enforce': level } : {} })
const volume = (policy: string) =>
  anObject('PersistentVolume', { spec: { persistentVolumeReclaimPolicy: policy } })
const cronJob = (suspend: boolean) => anObject('CronJob', { spec: { schedule: '* * * * *', suspend } })
const claimOf = (spec: object) => anObject('PersistentVolumeClaim', { spec })
const pod = (image: string, more: object = {}) =>
  anObject('Pod', { spec: { containers: [{ name: 'app', image }], ...more } })
const full = (metadata: Record<string, unknown>) => w({ metadata })
const limits = (list: object) => inside({ resources: { limits: list } })

/** Each rule with what it must flag, and the harmless change that looks most like it. */
describe('a change is flagged beside its neighbours, its harmless counterpart is not', () => {
  it.each<[string, KubernetesObject[], KubernetesObject[], string[]]>([
    ['fewer than half of the pods', [replicas(5)], [replicas(2)], ['scale-down']],
    ['half of the pods', [replicas(4)], [replicas(2)], []],
    ['replicas left out, so one', [replicas(5)], [replicas()], ['scale-down']],
    ['replicas left to an autoscaler', [replicas(5)], [replicas(), hpa({ minReplicas: 2 })], []],
    ['one written out', [replicas()], [replicas(1)], []],
    ['autoscaler lowered', [hpa({ maxReplicas: 10 })], [hpa({ maxReplicas: 4 })], ['autoscaling-lowered']],
    ['autoscaler raised', [hpa({ maxReplicas: 10 })], [hpa({ maxReplicas: 20 })], []],
    [
      'autoscaler to no pod',
      [hpa({ minReplicas: 2, maxReplicas: 4 })],
      [hpa({ minReplicas: 0, maxReplicas: 4 })],
      ['autoscaling-lowered'],
    ],
    ['suspended', [cronJob(false)], [cronJob(true)], ['suspended']],
    ['resumed', [cronJob(true)], [cronJob(false)], []],
    [
      'budget that allows none',
      [replicas(3)],
      [replicas(3), budget({ maxUnavailable: 0 })],
      ['disruption-budget-blocks'],
    ],
    [
      'budget that keeps all',
      [replicas(3)],
      [replicas(3), budget({ minAvailable: 3 })],
      ['disruption-budget-blocks'],
    ],
    ['budget that keeps all but one', [replicas(3)], [replicas(3), budget({ minAvailable: 2 })], []],
    ['another registry', [w({ image: 'shop/a:1' })], [w({ image: 'ghcr.io/shop/a:1' })], ['image-registry']],
    [
      'the default registry written out',
      [w({ image: 'shop/a:1' })],
      [w({ image: 'docker.io/shop/a:1' })],
      [],
    ],
    ['capability', [w()], [secured({ capabilities: { add: ['SYS_ADMIN'] } })], ['capability-added']],
    ['harmless capability', [w()], [secured({ capabilities: { add: ['NET_BIND_SERVICE'] } })], []],
    ['may run as root', [secured({ runAsNonRoot: true })], [secured({})], ['runs-as-root']],
    ['runs as root', [secured({ runAsUser: 1000 })], [secured({ runAsUser: 0 })], ['runs-as-root']],
    [
      'the guard said for the whole pod instead',
      [secured({ runAsNonRoot: true })],
      [w({ pod: { securityContext: { runAsNonRoot: true } } })],
      [],
    ],
    ['runs as another', [secured({ runAsUser: 1000 })], [secured({ runAsUser: 2000 })], []],
    [
      'may escalate',
      [secured({ allowPrivilegeEscalation: false })],
      [secured({ allowPrivilegeEscalation: true })],
      ['runs-as-root'],
    ],
    ['memory limit removed', [limits({ memory: '1Gi' })], [limits({})], ['limits-removed']],
    ['cpu limit removed', [limits({ cpu: '1', memory: '1Gi' })], [limits({ memory: '1Gi' })], []],
    ['NodePort', [service({ type: 'ClusterIP' })], [service({ type: 'NodePort' })], ['service-exposed']],
    ['type written out', [service({})], [service({ type: 'ClusterIP' })], []],
    [
      'Service that finds no pods',
      [w(), service({ selector: { app: 'checkout' } })],
      [w(), service({ selector: { app: 'chekout' } })],
      ['service-without-pods'],
    ],
    [
      'Service of pods elsewhere',
      [service({ selector: { app: 'checkout' } })],
      [service({ selector: { app: 'other' } })],
      [],
    ],
    ['host removed', [ingress(['a.example', 'b.example'])], [ingress(['a.example'])], ['ingress-removed']],
    ['host added', [ingress(['a.example'])], [ingress(['a.example', 'b.example'])], []],
    ['Ingress deleted', [ingress(['a.example'])], [], ['ingress-removed']],
    ['TLS removed', [ingress(['a.example'], ['a.example'])], [ingress(['a.example'])], ['ingress-removed']],
    ['NetworkPolicy removed', [network({ ingress: [] })], [], ['protection-removed']],
    ['NetworkPolicy opened', [network({ ingress: [] })], [network({ ingress: [{}] })], ['network-opened']],
    [
      'NetworkPolicy narrowed',
      [network({ ingress: [{}] })],
      [network({ ingress: [{ from: [{ podSelector: {} }] }] })],
      [],
    ],
    [
      'egress guarded no more',
      [network({ policyTypes: ['Ingress', 'Egress'] })],
      [network({ policyTypes: ['Ingress'] })],
      ['network-opened'],
    ],
    [
      'version no longer served',
      [crd(['v1', true, true], ['v1beta1', true, false])],
      [crd(['v1', true, true])],
      ['crd-version-removed'],
    ],
    [
      'stored version moved',
      [crd(['v1', true, true], ['v2', true, false])],
      [crd(['v1', true, false], ['v2', true, true])],
      ['crd-version-removed'],
    ],
    ['version added', [crd(['v1', true, true])], [crd(['v1', true, true], ['v2', true, false])], []],
    ['Secret deleted', [anObject('Secret', { data: {} })], [], ['stateful-deleted']],
    ['webhook fails closed', [webhook('Ignore')], [webhook()], ['webhook-fails-closed']],
    ['webhook fails open', [webhook('Fail')], [webhook('Ignore')], []],
    ['the default written out', [webhook()], [webhook('Fail')], []],
    [
      'reads secrets',
      [role(rule(['get'], ['pods']))],
      [role(rule(['get'], ['pods', 'secrets']))],
      ['rbac-widened'],
    ],
    ['reads one secret', [role()], [role(rule(['get'], ['secrets'], { resourceNames: ['a'] }))], []],
    ['runs commands', [role()], [role(rule(['create'], ['pods/exec']))], ['rbac-widened']],
    [
      'verbs in another order',
      [role(rule(['get', 'list'], ['secrets']))],
      [role(rule(['list', 'get'], ['secrets']))],
      [],
    ],
    ['fewer verbs of a wildcard', [role(rule(['*'], ['pods']))], [role(rule(['get'], ['pods']))], []],
    ['subject added to edit', [binding('ada')], [binding('ada', 'bob')], ['rbac-widened']],
    ['subject removed', [binding('ada', 'bob')], [binding('ada')], []],
    ['finalizer removed', [full({ finalizers: ['a/b'] })], [full({})], ['finalizers-changed']],
    ['finalizer added', [full({})], [full({ finalizers: ['a/b'] })], ['finalizers-changed']],
    [
      'system priority',
      [w()],
      [w({ pod: { priorityClassName: 'system-node-critical' } })],
      ['priority-raised'],
    ],
    ['own priority', [w()], [w({ pod: { priorityClassName: 'shop' } })], []],
    ['another namespace', [w()], [full({ namespace: 'pay' })], ['namespace-moved']],
    ['data deleted with its claim', [volume('Retain')], [volume('Delete')], ['volume-reclaimed']],
    ['namespace level lowered', [namespace('restricted')], [namespace('baseline')], ['pod-security-lowered']],
    ['namespace level removed', [namespace('baseline')], [namespace()], ['pod-security-lowered']],
    ['namespace level raised', [namespace('baseline')], [namespace('restricted')], []],
    [
      'another access mode',
      [claimOf({ accessModes: ['ReadWriteOnce'] })],
      [claimOf({ accessModes: ['ReadWriteMany'] })],
      ['immutable-field'],
    ],
    ['command of a bare Pod', [pod('a:1')], [pod('a:1', { hostname: 'a' })], ['immutable-field']],
    ['image of a bare Pod', [pod('a:1')], [pod('a:2')], []],
    [
      'sealed object opened',
      [anObject('ConfigMap', { immutable: true })],
      [anObject('ConfigMap', { immutable: false })],
      ['immutable-field'],
    ],
    [
      'type of a Secret',
      [anObject('Secret', { type: 'Opaque' })],
      [anObject('Secret', { type: 'kubernetes.io/tls' })],
      ['immutable-field'],
    ],
    [
      'amount in a claim template',
      [
        w({
          kind: 'StatefulSet',
          spec: { volumeClaimTemplates: [claimOf({ resources: { requests: { storage: '1Gi' } } })] },
        }),
      ],
      [
        w({
          kind: 'StatefulSet',
          spec: { volumeClaimTemplates: [claimOf({ resources: { requests: { storage: '1024Mi' } } })] },
        }),
      ],
      [],
    ],
  ])('%s', (_case, before, after, expected) => {
    expect(codes(before, after)).toEqual(expected)
  })
})
