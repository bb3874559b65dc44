import { Agent } from 'undici'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createCluster } from '../../src/adapters/kubernetes/create-cluster.ts'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import type { Release } from '../../src/domain/release.ts'
import { runAgent } from '../../src/reconciler/run-agent.ts'
import { aTenant } from '../builders.ts'
import { describeOnRealCluster, sharedKubeconfig } from '../control-plane/real-cluster.ts'
import { machineClock, seededRandom, silentLog } from '../emulator/cluster/start-cluster.ts'
import { fakeLedger, repository, target } from '../journeys/reconcile-target-doubles.ts'
import { readManifests } from './read-manifests.ts'

const tenantNamespace = 'rights-payments'
const otherNamespace = 'rights-search'
const deployer = `system:serviceaccount:${tenantNamespace}:deployer`
const agentFolder = '/apis/rbac.authorization.k8s.io/v1'
const inTenant = `/namespaces/${tenantNamespace}`
const own = '/namespaces/drawbridge-system'

type Request = [what: string, method: string, path: string, body?: object, headers?: Record<string, string>]

const as = (user: string, group?: string) => ({
  'impersonate-user': user,
  ...(group && { 'impersonate-group': group }),
})
const named = (apiVersion: string, kind: string, more: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name: 'rights-test' },
  ...more,
})
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }
const agentSubject = { kind: 'ServiceAccount', name: 'drawbridge-agent', namespace: 'drawbridge-system' }
const binding = { roleRef, subjects: [agentSubject] }
const everything = { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }
const pod = { spec: { containers: [{ name: 'a', image: 'a' }] } }
const rbac = 'rbac.authorization.k8s.io/v1'
const admission = 'admissionregistration.k8s.io/v1'

/** With the identity of deploy/agent/impersonate, and, last, with that of a tenant's account. */
const forbidden: Request[] = [
  ['read every Secret', 'GET', '/api/v1/secrets'],
  ['read a tenant’s Secrets', 'GET', `/api/v1${inTenant}/secrets`],
  ['read the Secrets of its own namespace', 'GET', `/api/v1${own}/secrets`],
  ['read a Secret of the system', 'GET', '/api/v1/namespaces/kube-system/secrets/a'],
  ['run a program in a pod', 'POST', `/api/v1${inTenant}/pods/a/exec?command=id`],
  ['attach to a pod', 'POST', `/api/v1${inTenant}/pods/a/attach`],
  ['forward a port', 'POST', `/api/v1${inTenant}/pods/a/portforward`],
  ['read logs', 'GET', `/api/v1${inTenant}/pods/a/log`],
  ['evict a pod', 'POST', `/api/v1${inTenant}/pods/a/eviction`, named('policy/v1', 'Eviction')],
  ['create a pod', 'POST', `/api/v1${inTenant}/pods`, named('v1', 'Pod', pod)],
  ['create a pod beside itself', 'POST', `/api/v1${own}/pods`, named('v1', 'Pod', pod)],
  ['create a Deployment', 'POST', `/apis/apps/v1${inTenant}/deployments`, named('apps/v1', 'Deployment')],
  ['change a Deployment', 'PATCH', `/apis/apps/v1${inTenant}/deployments/a`, {}],
  ['delete a Deployment', 'DELETE', `/apis/apps/v1${inTenant}/deployments/a`],
  ['scale a Deployment', 'PATCH', `/apis/apps/v1${inTenant}/deployments/a/scale`, {}],
  [
    'write an event of a tenant',
    'POST',
    `/apis/events.k8s.io/v1${inTenant}/events`,
    named('events.k8s.io/v1', 'Event'),
  ],
  ['write a ConfigMap of a tenant', 'POST', `/api/v1${inTenant}/configmaps`, named('v1', 'ConfigMap')],
  ['write a ConfigMap of the system', 'PATCH', '/api/v1/namespaces/kube-system/configmaps/a', {}],
  ['delete all ConfigMaps of the system', 'DELETE', '/api/v1/namespaces/kube-system/configmaps'],
  ['reach a service by proxy', 'GET', `/api/v1${inTenant}/services/a/proxy/`],
  ['reach a kubelet by proxy', 'GET', '/api/v1/nodes/a/proxy/'],
  ['change a node', 'PATCH', '/api/v1/nodes/a', {}],
  ['delete a node', 'DELETE', '/api/v1/nodes/a'],
  ['create a namespace', 'POST', '/api/v1/namespaces', named('v1', 'Namespace')],
  ['delete a namespace', 'DELETE', `/api/v1${inTenant}`],
  ['delete its own namespace', 'DELETE', `/api/v1${own}`],
  ['change its own namespace', 'PATCH', `/api/v1${own}`, {}],
  ['change its own role', 'PATCH', `${agentFolder}${own}/roles/drawbridge-agent`, everything],
  ['widen what it reads', 'PATCH', `${agentFolder}/clusterroles/drawbridge-agent-read`, everything],
  ['create a cluster role', 'POST', `${agentFolder}/clusterroles`, named(rbac, 'ClusterRole', everything)],
  [
    'bind itself to cluster-admin',
    'POST',
    `${agentFolder}/clusterrolebindings`,
    named(rbac, 'ClusterRoleBinding', binding),
  ],
  [
    'bind itself within a namespace',
    'POST',
    `${agentFolder}${inTenant}/rolebindings`,
    named(rbac, 'RoleBinding', binding),
  ],
  ['escalate a role', 'POST', `${agentFolder}${inTenant}/roles`, named(rbac, 'Role', everything)],
  [
    'make a token for itself',
    'POST',
    `/api/v1${own}/serviceaccounts/drawbridge-agent/token`,
    named('authentication.k8s.io/v1', 'TokenRequest'),
  ],
  [
    'make a token of a tenant',
    'POST',
    `/api/v1${inTenant}/serviceaccounts/deployer/token`,
    named('authentication.k8s.io/v1', 'TokenRequest'),
  ],
  ['create a service account', 'POST', `/api/v1${inTenant}/serviceaccounts`, named('v1', 'ServiceAccount')],
  [
    'ask for a certificate',
    'POST',
    '/apis/certificates.k8s.io/v1/certificatesigningrequests',
    named('certificates.k8s.io/v1', 'CertificateSigningRequest'),
  ],
  [
    'approve a certificate',
    'PATCH',
    '/apis/certificates.k8s.io/v1/certificatesigningrequests/a/approval',
    {},
  ],
  [
    'define a kind',
    'POST',
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    named('apiextensions.k8s.io/v1', 'CustomResourceDefinition'),
  ],
  [
    'validate what others write',
    'POST',
    `/apis/${admission}/validatingwebhookconfigurations`,
    named(admission, 'ValidatingWebhookConfiguration'),
  ],
  [
    'change what others write',
    'POST',
    `/apis/${admission}/mutatingwebhookconfigurations`,
    named(admission, 'MutatingWebhookConfiguration'),
  ],
  [
    'write an admission policy',
    'POST',
    `/apis/${admission}/validatingadmissionpolicies`,
    named(admission, 'ValidatingAdmissionPolicy'),
  ],
  [
    'take over an API',
    'POST',
    '/apis/apiregistration.k8s.io/v1/apiservices',
    named('apiregistration.k8s.io/v1', 'APIService'),
  ],
  ['take a larger share', 'PATCH', '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/drawbridge', {}],
  ['write a volume', 'POST', '/api/v1/persistentvolumes', named('v1', 'PersistentVolume')],
  [
    'write a priority',
    'POST',
    '/apis/scheduling.k8s.io/v1/priorityclasses',
    named('scheduling.k8s.io/v1', 'PriorityClass'),
  ],
  ['read leases of the system', 'GET', '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases'],
  ['impersonate a person', 'GET', '/api/v1/namespaces', undefined, as('admin')],
  ['impersonate the masters', 'GET', '/api/v1/namespaces', undefined, as(deployer, 'system:masters')],
  [
    'impersonate the system',
    'GET',
    '/api/v1/namespaces',
    undefined,
    as('system:serviceaccount:kube-system:default'),
  ],
  [
    'impersonate an account not listed',
    'GET',
    '/api/v1/namespaces',
    undefined,
    as(`system:serviceaccount:${tenantNamespace}:default`),
  ],
  [
    'impersonate its like elsewhere',
    'GET',
    '/api/v1/namespaces',
    undefined,
    as(`system:serviceaccount:${otherNamespace}:deployer`),
  ],
  [
    'as a tenant: write elsewhere',
    'POST',
    `/api/v1/namespaces/${otherNamespace}/configmaps`,
    named('v1', 'ConfigMap'),
    as(deployer),
  ],
  [
    'as a tenant: read Secrets elsewhere',
    'GET',
    `/api/v1/namespaces/${otherNamespace}/secrets`,
    undefined,
    as(deployer),
  ],
  [
    'as a tenant: write an inventory',
    'POST',
    `/api/v1${own}/configmaps`,
    named('v1', 'ConfigMap'),
    as(deployer),
  ],
  [
    'as a tenant: bind a role',
    'POST',
    `${agentFolder}${inTenant}/rolebindings`,
    named(rbac, 'RoleBinding', binding),
    as(deployer),
  ],
  [
    'as a tenant: write a cluster role',
    'POST',
    `${agentFolder}/clusterroles`,
    named(rbac, 'ClusterRole', everything),
    as(deployer),
  ],
]

const allowed: Request[] = [
  ['know the cluster again', 'GET', '/api/v1/namespaces/kube-system'],
  ['watch Deployments', 'GET', '/apis/apps/v1/deployments?limit=1'],
  ['read the events of an object', 'GET', `/api/v1${inTenant}/events?fieldSelector=involvedObject.uid%3D1`],
  ['read the pods of a workload', 'GET', `/api/v1${inTenant}/pods?labelSelector=app%3Da`],
  ['read its ReplicaSets', 'GET', `/apis/apps/v1${inTenant}/replicasets?labelSelector=app%3Da`],
  ['read its inventories', 'GET', `/api/v1${own}/configmaps?limit=1`],
  ['read definitions', 'GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions?limit=1'],
  [
    'hold a lease',
    'POST',
    `/apis/coordination.k8s.io/v1${own}/leases?dryRun=All`,
    named('coordination.k8s.io/v1', 'Lease'),
  ],
  [
    'tell of its releases',
    'POST',
    `/apis/events.k8s.io/v1${own}/events?dryRun=All`,
    {
      ...named('events.k8s.io/v1', 'Event'),
      eventTime: '2026-11-20T16:30:00.000000Z',
      reportingController: 'drawbridge.dev/agent',
      reportingInstance: 'drawbridge-agent',
      action: 'Reconcile',
      reason: 'Applied',
      type: 'Normal',
      regarding: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'drawbridge-system', name: 'a' },
    },
  ],
  [
    'write as a tenant',
    'POST',
    `/api/v1${inTenant}/configmaps?dryRun=All`,
    named('v1', 'ConfigMap'),
    as(deployer),
  ],
]

describeOnRealCluster('the rights that deploy/agent/impersonate gives', () => {
  let agentKubeconfig = ''
  let ask: (request: Request) => Promise<{ status: number; text: string }>
  let admin: ReturnType<typeof createCluster>
  let close: () => Promise<void>

  beforeAll(async () => {
    const kubeconfig = await sharedKubeconfig()
    const config = JSON.parse(kubeconfig) as Kubeconfig
    const { server, 'certificate-authority-data': authority } = config.clusters[0]!.cluster
    const dispatcher = new Agent({ connect: { ca: Buffer.from(authority, 'base64') } })
    const request = async (token: string, [, method, path, body, headers]: Request) => {
      const patch = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
      const answer = await dispatcher.request({
        origin: server,
        path,
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': patch, ...headers },
        ...(body && { body: JSON.stringify(body) }),
      })
      return { status: answer.statusCode, text: await answer.body.text() }
    }
    admin = openCluster(kubeconfig)
    const namespaces = [tenantNamespace, otherNamespace].map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    }))
    const objects = [
      ...namespaces,
      ...readManifests('agent/impersonate'),
      ...readManifests('tenant', tenantNamespace),
    ]
    for (const object of objects) await install(admin, object)
    const path = `/api/v1${own}/serviceaccounts/drawbridge-agent/token`
    const issued = await request(config.users[0]!.user.token, ['', 'POST', path, { spec: {} }])
    const { token } = (JSON.parse(issued.text) as { status: { token: string } }).status
    agentKubeconfig = JSON.stringify({ ...config, users: [{ ...config.users[0], user: { token } }] })
    ask = (each) => request(token, each)
    close = async () => {
      await admin.close()
      await dispatcher.close()
    }
    // Roles that are put together of others, and the API server's own view of roles, follow in a moment.
    await vi.waitUntil(async () => (await ask(allowed[1]!)).status === 200, {
      timeout: 20_000,
      interval: 200,
    })
  }, 60_000)
  afterAll(() => close())

  it.each(forbidden)('do not let it %s', async (...request) => {
    const { status, text } = await ask(request)
    expect([status, text]).toEqual([403, expect.stringContaining('"reason":"Forbidden"')])
  })

  it.each(allowed)('let it %s', async (...request) => {
    const { status, text } = await ask(request)
    expect([status < 300, text]).toEqual([true, text])
  })

  it('are enough for a whole reconcile of a tenant, and its objects are written by the tenant', async () => {
    const cluster = openCluster(agentKubeconfig)
    const ledger = fakeLedger()
    const tenants = [
      aTenant({
        namespaces: [tenantNamespace],
        impersonate: { namespace: tenantNamespace, name: 'deployer' },
      }),
    ]
    const reported: Release[] = []
    const lookOnce = (name: string) => {
      ledger.attest([aConfigMap(name), aService()], target, { tenants })
      return runAgent({
        ports: { clock: machineClock, ledger, log: silentLog },
        repository,
        environment: target.environment,
        cluster,
        interval: 1000,
        once: true,
        signal: AbortSignal.timeout(30_000),
        onReport: (release) => void reported.push(release),
      })
    }
    await lookOnce('first')
    await lookOnce('second')
    await lookOnce('second')
    await cluster.close()
    expect(reported.filter(({ phase }) => ['refused', 'degraded', 'unreachable'].includes(phase))).toEqual([])
    const id = { group: '', version: 'v1', kind: 'ConfigMap', namespace: tenantNamespace }
    expect(await admin.get({ ...id, name: 'second' })).toBeDefined()
  }, 60_000)

  it('pass the admission of the level restricted, for the agent and for the app', async () => {
    const { users } = JSON.parse(await sharedKubeconfig()) as Kubeconfig
    const headers = { authorization: `Bearer ${users[0]!.user.token}` }
    for (const folder of ['agent/base', 'app']) {
      const manifests = readManifests(folder)
      const deployment = manifests.find(({ kind }) => kind === 'Deployment')!
      const { metadata, spec } = (deployment['spec'] as { template: KubernetesObject }).template
      const body = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'rights-test' }, spec }
      for (const object of manifests) await install(admin, object)
      const path = `/api/v1/namespaces/${deployment.metadata.namespace}/pods?dryRun=All`
      expect(await ask(['', 'POST', path, body, headers])).toMatchObject({ status: 201 })
      const root = { ...body, spec: { ...(spec as object), securityContext: { runAsUser: 0 } } }
      expect((await ask(['', 'POST', path, root, headers])).text).toContain('violates PodSecurity')
    }
  })
})

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[]
  users: { user: { token: string } }[]
}

function openCluster(kubeconfig: string) {
  return createCluster({
    name: 'dev',
    kubeconfig,
    clock: machineClock,
    random: seededRandom(),
    log: silentLog,
  })
}

async function install(cluster: ReturnType<typeof createCluster>, object: KubernetesObject): Promise<void> {
  const result = await cluster.apply(object, { fieldManager: 'operator', force: true })
  if (result.kind !== 'applied') throw new Error(`${object.kind}: ${JSON.stringify(result)}`)
}

function aConfigMap(name: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: tenantNamespace },
    data: { a: 'b' },
  }
}

function aService(): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'payments', namespace: tenantNamespace },
    spec: { ports: [{ name: 'http', port: 80, protocol: 'TCP' }], selector: { app: 'payments' } },
  }
}
