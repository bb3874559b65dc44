import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ControlPlane, RealCluster } from '../../../src/main/control-plane/start-control-plane.ts'
import { describeWithControlPlane, ownControlPlane } from '../../control-plane/real-cluster.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'
const aConfigMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

describeWithControlPlane('a control plane of two clusters on one etcd', () => {
  let plane: ControlPlane
  let one: RealCluster
  let other: RealCluster

  beforeAll(async () => {
    const without = ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const
    plane = await ownControlPlane({ clusters: ['one', 'other'], without, isDurable: true })
    ;[one, other] = plane.clusters as [RealCluster, RealCluster]
    for (const { apiServer } of plane.clusters)
      await apiServer.call('POST', '/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'default' },
      })
  })
  afterAll(() => plane?.stop())

  const create = (cluster: RealCluster, name: string) =>
    cluster.apiServer.call('POST', configMaps, aConfigMap(name))
  const has = async (cluster: RealCluster, name: string) =>
    (await cluster.apiServer.call('GET', `${configMaps}/${name}`)).status === 200

  it('keeps the clusters apart', async () => {
    expect((await create(one, 'apart')).status).toBe(201)
    expect([await has(one, 'apart'), await has(other, 'apart')]).toEqual([true, false])
    const identity = async ({ apiServer }: RealCluster) =>
      ((await apiServer.call('GET', '/api/v1/namespaces/kube-system')).body as { metadata: { uid: string } })
        .metadata.uid
    expect(await identity(one)).not.toBe(await identity(other))
  })

  it('goes on where it was after its API server was killed', async () => {
    await create(one, 'before-the-kill')
    await one.apiServer.kill()
    await expect(has(one, 'before-the-kill')).rejects.toThrow('ECONNREFUSED')
    await one.apiServer.start()
    expect(await has(one, 'before-the-kill')).toBe(true)
  })

  it('goes on where it was after etcd was killed', async () => {
    await create(other, 'before-the-loss')
    await plane.etcd.kill()
    await plane.etcd.start()
    await expect.poll(() => has(other, 'before-the-loss'), { timeout: 20_000 }).toBe(true)
  })
})
