import { afterAll, beforeAll, expect, it } from 'vitest'
import { type KubernetesObject, objectId } from '../../src/domain/kubernetes-object.ts'
import { describeOnRealCluster, sharedKubeconfig } from '../control-plane/real-cluster.ts'
import { openApi } from '../emulator/cluster/contract/api-under-test.ts'
import { type FaultyGateway, type PassedRequest, startFaultyGateway } from './faulty-gateway.ts'
import { describeVersions, type LiveNamespace, openNamespace } from './live-namespace.ts'
import { changedTwice, isWrite } from './passed-writes.ts'
import { shopObjects } from './shop-objects.ts'
import { createSignedBranch, type SignedBranch } from './signed-branch.ts'
import { type AgentHere, startAgentHere } from './start-agent-here.ts'

const patienceMs = 120_000

/** The API server takes so few requests of the agent at once (API Priority and Fairness), and answers 429 to the rest. */
describeOnRealCluster('an API server that has no more room for us', () => {
  const namespace = `busy-${process.pid}`
  const repository = { id: namespace, owner: 'shop', name: 'gitops', installation: '' }
  const target = { application: namespace, environment: 'prod', cluster: 'real' }
  const objects = shopObjects(namespace, '1.0.0', 150)
  let branch: SignedBranch
  let gateway: FaultyGateway
  let live: LiveNamespace
  let agent: AgentHere

  beforeAll(async () => {
    const kubeconfig = await sharedKubeconfig()
    live = openNamespace(kubeconfig, namespace)
    for (const object of crowded(namespace)) await live.put(object)
    branch = await createSignedBranch(repository, 'prod')
    gateway = await startFaultyGateway(await asAccount(kubeconfig, namespace))
    await branch.release('1.0.0', [{ target, objects }])
  })
  afterAll(async () => {
    await agent?.stop()
    for (const object of crowded(namespace).filter(({ metadata }) => metadata.namespace === undefined)) {
      const uid = (await live.cluster.get(objectId(object)))?.metadata.uid
      if (uid !== undefined) await live.cluster.delete(objectId(object), uid)
    }
    await gateway?.close()
    await live?.close(false)
    await branch?.remove()
  })

  it(
    'gets fewer requests at once, none before the time that it asked for, and everything in the end',
    async () => {
      const { kubeconfig } = gateway
      agent = await startAgentHere({ branch, cluster: 'real', kubeconfig })
      await expect
        .poll(() => live.versions(), { timeout: patienceMs, interval: 200 })
        .toEqual(describeVersions(objects))
      await expect.poll(() => agent.release(namespace)?.phase, { timeout: 30_000 }).toBe('healthy')
      const refused = refusals(gateway.requests)
      const writes = gateway.requests.filter(isWrite)
      expect(refused.length).toBeGreaterThan(0)
      expect(refused.length).toBeLessThan(writes.length / 4)
      expect(askedTooSoon(gateway.requests)).toEqual([])
      expect(changedTwice(gateway.requests).filter((path) => path.includes('/configmaps/'))).toEqual([])
      expect(agent.reports.every(({ phase }) => phase !== 'degraded')).toBe(true)
    },
    patienceMs * 1.5,
  )
})

const refusals = (requests: readonly PassedRequest[]) => requests.filter(({ status }) => status === 429)

/** Paths that were asked for again before the answer allowed it. */
function askedTooSoon(requests: readonly PassedRequest[]): string[] {
  return refusals(requests).flatMap(({ verb, path, answeredAt = 0, retryAfter = 0 }) => {
    const isSooner = (other: PassedRequest) =>
      other.verb === verb && other.path === path && other.at > answeredAt
    const next = requests.find(isSooner)
    return next !== undefined && next.at < answeredAt + retryAfter * 1000 ? [path] : []
  })
}

/** An account that may do everything, and of whose requests the API server takes hardly any at once. */
function crowded(name: string): KubernetesObject[] {
  const subject = { kind: 'ServiceAccount', name: 'agent', namespace: name }
  const flowcontrol = { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', metadata: { name } }
  const all = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }
  const limited = { nominalConcurrencyShares: 1, lendablePercent: 0, borrowingLimitPercent: 0 }
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'agent', namespace: name } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [subject],
    },
    {
      ...flowcontrol,
      kind: 'PriorityLevelConfiguration',
      spec: { type: 'Limited', limited: { ...limited, limitResponse: { type: 'Reject' } } },
    },
    {
      ...flowcontrol,
      kind: 'FlowSchema',
      spec: {
        matchingPrecedence: 10,
        priorityLevelConfiguration: { name },
        rules: [
          {
            subjects: [
              {
                kind: 'ServiceAccount',
                serviceAccount: { name: subject.name, namespace: subject.namespace },
              },
            ],
            resourceRules: [all],
          },
        ],
      },
    },
  ]
}

/** The kubeconfig of that account, once the API server treats it so. */
async function asAccount(kubeconfig: string, namespace: string): Promise<string> {
  const api = await openApi(kubeconfig)
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/agent/token`
  const { body } = await api.call('POST', path, {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  })
  const schema = await api.call('GET', `/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/${namespace}`)
  await api.close()
  const config = JSON.parse(kubeconfig) as { users: [{ user: { token: string } }] }
  config.users[0].user.token = body.status.token
  const text = JSON.stringify(config)
  const own = await openApi(text)
  for (let wait = 0; wait < 100; wait += 1) {
    const { headers } = await own.call('GET', '/api/v1/namespaces?limit=1')
    if (headers['x-kubernetes-pf-flowschema-uid'] === schema.body.metadata.uid) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await own.close()
  return text
}
