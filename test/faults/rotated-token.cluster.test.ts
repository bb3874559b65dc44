import { afterAll, beforeAll, expect, it } from 'vitest'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import { describeOnRealCluster, sharedKubeconfig } from '../control-plane/real-cluster.ts'
import { type ApiUnderTest, openApi } from '../emulator/cluster/contract/api-under-test.ts'
import { openRealTarget, type RealTarget } from '../journeys/open-real-target.ts'
import { aConfigMap } from '../journeys/reconcile-target-doubles.ts'

/** An API server believes a token for ten seconds after it was revoked. */
const patience = { timeout: 40_000, interval: 500 }

describeOnRealCluster('a cluster that is served with the token of a service account', () => {
  const namespace = `rotated-${process.pid}`
  const target = { application: namespace, environment: 'dev', cluster: 'real' }
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`
  const bindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings'
  const named = (apiVersion: string, kind: string, more: object = {}) => ({
    apiVersion,
    kind,
    metadata: { name: namespace },
    ...more,
  })
  let admin: Pick<ApiUnderTest, 'call' | 'close'>
  let real: RealTarget
  /** As it stands in the kubeconfig, and how often that was read. */
  let token: string
  let reads = 0

  const withToken = async (value: string) => {
    const config = JSON.parse(await sharedKubeconfig()) as { users: { user: object }[] }
    for (const user of config.users) user.user = { token: value }
    return JSON.stringify(config)
  }
  const create = async (path: string, body: object) => {
    const answer = await admin.call('POST', path, { body })
    expect(answer.status).toBe(201)
    return answer.body
  }
  const newAccount = async () => {
    await create(accounts, named('v1', 'ServiceAccount'))
    const { status } = await create(`${accounts}/${namespace}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 3600 },
    })
    return status.token as string
  }
  const statusWith = async (value: string) => {
    const api = await openApi(await withToken(value))
    const { status } = await api.call('GET', '/api/v1/namespaces/kube-system')
    await api.close()
    return status
  }

  beforeAll(async () => {
    admin = await openApi(await sharedKubeconfig())
    await create('/api/v1/namespaces', named('v1', 'Namespace'))
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }
    const subjects = [{ kind: 'ServiceAccount', name: namespace, namespace }]
    await create(bindings, named('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', { roleRef, subjects }))
    token = await newAccount()
    real = await openRealTarget(target, undefined, () => {
      reads += 1
      return withToken(token)
    })
  })
  afterAll(async () => {
    await real?.close()
    await admin?.call('DELETE', `${bindings}/${namespace}`)
    await admin?.call('DELETE', `/api/v1/namespaces/${namespace}`)
    await admin?.close()
  })

  const look = async () => (await real.look()).release
  const here = (name: string, value: string): KubernetesObject => {
    const { metadata, ...rest } = aConfigMap(name, { key: value })
    return { ...rest, metadata: { ...metadata, namespace } }
  }
  const live = async (name: string) =>
    (await admin.call('GET', `/api/v1/namespaces/${namespace}/configmaps/${name}`)).body.data

  it('is out of reach while the token is refused, neither drifted nor pruned, and goes on with the next one', async () => {
    real.ledger.attest([here('settings', '1'), here('old', '1')], target)
    await expect.poll(look, patience).toMatchObject({ phase: 'healthy' })

    await admin.call('DELETE', `${accounts}/${namespace}`)
    const next = await newAccount()
    await expect.poll(() => statusWith(token), patience).toBe(401)
    real.ledger.attest([here('settings', '2')], target)
    reads = 0
    const release = await look()
    expect(release).toMatchObject({
      phase: 'unreachable',
      reason: expect.stringContaining('the credentials are not accepted'),
    })
    expect(release?.drift).toBeUndefined()
    // Once for each call that is refused, of which there are few.
    expect(reads).toBeGreaterThan(0)
    expect(reads).toBeLessThanOrEqual(4)
    expect([await live('settings'), await live('old')]).toEqual([{ key: '1' }, { key: '1' }])

    token = next
    await expect.poll(look, patience).toMatchObject({ phase: 'healthy' })
    expect([await live('settings'), await live('old')]).toEqual([{ key: '2' }, undefined])
  }, 120_000)
})
