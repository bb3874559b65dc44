import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { noteCodes } from '../../../src/features/diff/dangers.ts'
import { diffRenderings } from '../../../src/features/diff/diff-renderings.ts'
import { anObject, aSide } from './diff-builders.ts'

type Edit = (objects: KubernetesObject[]) => unknown
type Loose = any // oxlint-disable-line typescript/no-explicit-any -- the edits below reach into manifests

const images = [
  'shop/web',
  'ghcr.io/acme/api',
  'registry.example.org:5000/team/worker',
  'quay.io/org/db-proxy',
]
const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Deployment'] as const

/** An application as people write it: a workload and all that usually stands beside it. */
function anApplication(index: number): KubernetesObject[] {
  const name = ['web', 'api', 'worker', 'proxy', 'cache'][index % 5] ?? 'web'
  const labels = { app: name, 'app.kubernetes.io/name': name, 'app.kubernetes.io/version': '1.4.0' }
  const at = { name, namespace: `team-${index % 3}`, labels }
  const kind = kinds[index % kinds.length] ?? 'Deployment'
  const container = {
    name: 'app',
    image: `${images[index % images.length]}:1.4.0`,
    args: ['--listen=:8080', '--log-level=info'],
    env: [
      { name: 'LOG_LEVEL', value: 'info' },
      { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: `${name}-db`, key: 'password' } } },
    ],
    envFrom: [{ configMapRef: { name: `${name}-config` } }],
    ports: [{ name: 'http', containerPort: 8080 }],
    resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '512Mi' } },
    readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
    livenessProbe: { httpGet: { path: '/live', port: 'http' }, initialDelaySeconds: 10 },
    securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  }
  const selector = { matchLabels: { app: name } }
  const template = {
    metadata: { labels, annotations: { 'prometheus.io/scrape': 'true' } },
    spec: {
      serviceAccountName: name,
      containers: [container, { name: 'sidecar', image: 'shop/sidecar:0.3.1' }],
      initContainers: [
        { name: 'migrate', image: `${images[index % images.length]}:1.4.0`, args: ['migrate'] },
      ],
      volumes: [{ name: 'tmp', emptyDir: {} }],
      tolerations: [{ key: 'spot', operator: 'Exists' }],
    },
  }
  return [
    anObject(kind, { spec: { replicas: 3 + (index % 4), selector, template } }, at),
    anObject(
      'Service',
      { spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] } },
      at,
    ),
    anObject(
      'ConfigMap',
      { data: { LEVEL: 'info', 'app.yaml': 'cache:\n  size: 10\n' } },
      { ...at, name: `${name}-config` },
    ),
    anObject('Secret', { data: { password: 'b2xk' } }, { ...at, name: `${name}-db` }),
    anObject(
      'Ingress',
      { spec: { rules: [{ host: `${name}.example.org` }], tls: [{ hosts: [`${name}.example.org`] }] } },
      at,
    ),
    anObject(
      'HorizontalPodAutoscaler',
      { spec: { scaleTargetRef: { kind, name }, minReplicas: 3, maxReplicas: 10 } },
      at,
    ),
    anObject('PodDisruptionBudget', { spec: { minAvailable: 1, selector } }, at),
    anObject(
      'NetworkPolicy',
      {
        spec: { podSelector: selector, ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 8080 }] }] },
      },
      at,
    ),
    anObject('Role', { rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }] }, at),
    anObject(
      'RoleBinding',
      { roleRef: { kind: 'Role', name }, subjects: [{ kind: 'ServiceAccount', name }] },
      at,
    ),
    anObject(
      'PersistentVolumeClaim',
      { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } } },
      at,
    ),
    anObject(
      'CronJob',
      { spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template } } } },
      { ...at, name: `${name}-nightly` },
    ),
  ]
}

const of = (objects: KubernetesObject[], kind: string): Loose =>
  objects.find((object) => object.kind === kind)
const workload = (objects: KubernetesObject[]): Loose => objects[0]
const pod = (objects: KubernetesObject[]): Loose => workload(objects).spec.template.spec
const app = (objects: KubernetesObject[]): Loose => pod(objects).containers[0]

/** What people change every day. None of it deserves a warning. */
const edits: Record<string, Edit> = {
  'newer image': (o) => (app(o).image = app(o).image.replace('1.4.0', '1.5.0')),
  'image by digest': (o) => (app(o).image = `${app(o).image}@sha256:${'a'.repeat(64)}`),
  'newer sidecar': (o) => (pod(o).containers[1].image = 'shop/sidecar:0.4.0'),
  'newer migration': (o) =>
    (pod(o).initContainers[0].image = pod(o).initContainers[0].image.replace('1.4.0', '1.5.0')),
  'one more replica': (o) => (workload(o).spec.replicas += 1),
  'one replica less': (o) => (workload(o).spec.replicas -= 1),
  'another label': (o) => (workload(o).metadata.labels.tier = 'front'),
  'another annotation': (o) => (workload(o).metadata.annotations = { team: 'shop' }),
  'newer version label': (o) => (workload(o).metadata.labels['app.kubernetes.io/version'] = '1.5.0'),
  'restart by annotation': (o) => (workload(o).spec.template.metadata.annotations.restartedAt = '2026-01-01'),
  'another variable': (o) => app(o).env.push({ name: 'FEATURE', value: 'on' }),
  'changed variable': (o) => (app(o).env[0].value = 'debug'),
  'variable removed': (o) => app(o).env.splice(0, 1),
  'variables in another order': (o) => (app(o).env = app(o).env.toReversed()),
  'another argument': (o) => app(o).args.push('--cache=10m'),
  'changed argument': (o) => (app(o).args[1] = '--log-level=debug'),
  'requests raised': (o) => (app(o).resources.requests = { cpu: '500m', memory: '384Mi' }),
  'requests lowered': (o) => (app(o).resources.requests = { cpu: '100m', memory: '128Mi' }),
  'requests written differently': (o) => (app(o).resources.requests = { cpu: 0.25, memory: '262144Ki' }),
  'memory limit raised': (o) => (app(o).resources.limits = { memory: '1Gi' }),
  'cpu limit added': (o) => (app(o).resources.limits.cpu = '1'),
  'slower probe': (o) => (app(o).livenessProbe.initialDelaySeconds = 30),
  'another probe': (o) => (app(o).startupProbe = { httpGet: { path: '/live', port: 'http' } }),
  'probe by another path': (o) => (app(o).readinessProbe.httpGet.path = '/healthz'),
  'another port': (o) => app(o).ports.push({ name: 'metrics', containerPort: 9090 }),
  'port with its default': (o) => (app(o).ports[0].protocol = 'TCP'),
  'pull policy by default': (o) => (app(o).imagePullPolicy = 'IfNotPresent'),
  'stricter security': (o) => (app(o).securityContext.readOnlyRootFilesystem = true),
  'privileged said to be false': (o) => (app(o).securityContext.privileged = false),
  'harmless capability': (o) => (app(o).securityContext.capabilities.add = ['NET_BIND_SERVICE']),
  'another volume': (o) => pod(o).volumes.push({ name: 'cache', emptyDir: { sizeLimit: '1Gi' } }),
  'another container': (o) =>
    pod(o).containers.push({
      name: 'logs',
      image: 'shop/logs:2.0.0',
      resources: { limits: { memory: '64Mi' } },
    }),
  'container removed': (o) => pod(o).containers.pop(),
  'another toleration': (o) => pod(o).tolerations.push({ key: 'gpu', operator: 'Exists' }),
  'node selector': (o) => (pod(o).nodeSelector = { zone: 'eu-1' }),
  'longer grace': (o) => (pod(o).terminationGracePeriodSeconds = 60),
  'own priority class': (o) => (pod(o).priorityClassName = 'shop-high'),
  'changed setting': (o) => (of(o, 'ConfigMap').data.LEVEL = 'debug'),
  'another setting': (o) => (of(o, 'ConfigMap').data.EXTRA = 'a\nb\nc\n'),
  'changed secret': (o) => (of(o, 'Secret').data.password = 'bmV3'),
  'secret key added': (o) => (of(o, 'Secret').data.user = 'YQ=='),
  'another service port': (o) => of(o, 'Service').spec.ports.push({ name: 'metrics', port: 9090 }),
  'service defaults': (o) =>
    Object.assign(of(o, 'Service').spec, { type: 'ClusterIP', sessionAffinity: 'None' }),
  'another host': (o) => of(o, 'Ingress').spec.rules.push({ host: 'new.example.org' }),
  'ingress class': (o) => (of(o, 'Ingress').spec.ingressClassName = 'nginx'),
  'more autoscaling': (o) => (of(o, 'HorizontalPodAutoscaler').spec.maxReplicas = 20),
  'a little less autoscaling': (o) => (of(o, 'HorizontalPodAutoscaler').spec.maxReplicas = 8),
  'stricter budget': (o) => (of(o, 'PodDisruptionBudget').spec.minAvailable = 2),
  'narrower network': (o) => (of(o, 'NetworkPolicy').spec.policyTypes = ['Ingress', 'Egress']),
  'another peer': (o) =>
    of(o, 'NetworkPolicy').spec.ingress.push({ from: [{ namespaceSelector: { matchLabels: { a: 'b' } } }] }),
  'another right': (o) =>
    of(o, 'Role').rules.push({ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] }),
  'verbs in another order': (o) => (of(o, 'Role').rules[0].verbs = ['list', 'get']),
  'right removed': (o) => of(o, 'Role').rules[0].verbs.pop(),
  'bigger volume': (o) => (of(o, 'PersistentVolumeClaim').spec.resources.requests.storage = '20Gi'),
  'another schedule': (o) => (of(o, 'CronJob').spec.schedule = '0 4 * * *'),
  'shorter history': (o) => (workload(o).spec.revisionHistoryLimit = 3),
  'another service': (o) =>
    o.push(
      anObject('Service', { spec: { selector: { app: 'new' }, ports: [{ port: 80 }] } }, { name: 'new' }),
    ),
  'another ConfigMap': (o) => o.push(anObject('ConfigMap', { data: { a: 'b' } }, { name: 'new-config' })),
  'another workload': (o) =>
    o.push(
      anObject(
        'Deployment',
        {
          spec: {
            replicas: 1,
            selector: { matchLabels: { app: 'new' } },
            template: {
              metadata: { labels: { app: 'new' } },
              spec: { containers: [{ name: 'new', image: 'shop/new:1.0.0' }] },
            },
          },
        },
        { name: 'new' },
      ),
    ),
  'another binding': (o) =>
    o.push(
      anObject(
        'RoleBinding',
        { roleRef: { kind: 'Role', name: 'web' }, subjects: [{ kind: 'ServiceAccount', name: 'new' }] },
        { name: 'new' },
      ),
    ),
  'another budget': (o) =>
    o.push(anObject('PodDisruptionBudget', { spec: { maxUnavailable: 1 } }, { name: 'new' })),
  'setting gone': (o) =>
    o.splice(
      o.findIndex(({ kind }) => kind === 'ConfigMap'),
      1,
    ),
  'job gone': (o) =>
    o.splice(
      o.findIndex(({ kind }) => kind === 'CronJob'),
      1,
    ),
}

/** Each edit, in so many applications. */
const applications = 8
const names = Object.keys(edits)

describe(`${names.length * applications} everyday changes`, () => {
  it('are at least 500', () => expect(names.length * applications).toBeGreaterThanOrEqual(500))

  it.each(names)('%s shows and raises no danger', (edit) => {
    const raised = Array.from({ length: applications }, (_, index) => {
      const [before, after] = [anApplication(index), anApplication(index)]
      edits[edit]?.(after)
      const { targets } = diffRenderings(aSide(before), aSide(after), { maskKey: 'k' })
      const objects = targets.flatMap((target) => target.objects)
      const dangers = objects.flatMap((object) => object.dangers).filter(({ code }) => !noteCodes.has(code))
      return objects.length === 0
        ? ['nothing shows']
        : dangers.map(({ code, sentence }) => `${code}: ${sentence}`)
    })
    expect(raised.flat()).toEqual([])
  })
})
