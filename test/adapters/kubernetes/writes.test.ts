import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { type RunningCluster, startCluster } from '../../emulator/cluster/start-cluster.ts'

const fieldManager = 'drawbridge'
const settings = (data: Record<string, string>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'shop', labels: { app: 'shop' } },
  data,
})

describe('writes on a cluster', () => {
  let running: RunningCluster

  beforeEach(async () => {
    running = await startCluster()
    running.emulator.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  })
  afterEach(() => running.stop())

  const live = () => running.emulator.get({ kind: 'ConfigMap', namespace: 'shop', name: 'settings' })
  const verbs = () =>
    running.emulator.requests.flatMap(({ method, verb }) => (method === 'GET' ? [] : [verb]))

  it('answer an apply with what was sent and its metadata of now, where that is enough', async () => {
    const options = { fieldManager, force: false, isMetadataEnough: true }
    const result = await running.cluster.apply(settings({ key: 'a' }), options)
    const { metadata } = live()!
    expect(result).toEqual({ kind: 'applied', object: { ...settings({ key: 'a' }), metadata } })
    expect(metadata).toMatchObject({ uid: expect.any(String), managedFields: [{ manager: fieldManager }] })
    await running.cluster.apply(settings({ key: 'b' }), { ...options, fieldManager: 'somebody', force: true })
    expect(await running.cluster.apply(settings({ key: 'c' }), options)).toMatchObject({
      kind: 'conflict',
      conflicts: [{ manager: 'somebody', field: '.data.key' }],
    })
  })

  // what is thought to be there × what is there
  it.each([
    { isThere: false, before: false, sent: ['create'] },
    { isThere: false, before: true, sent: ['create', 'update'] },
    { isThere: true, before: true, sent: ['update'] },
    { isThere: true, before: false, sent: ['update', 'create'] },
  ])('replace: thought to be there $isThere, is there $before: $sent', async ({ isThere, before, sent }) => {
    if (before) await running.cluster.apply(settings({ old: '1' }), { fieldManager, force: false })
    running.emulator.requests.length = 0
    const result = await running.cluster.replace(settings({ key: 'a' }), { fieldManager, isThere })
    expect(verbs()).toEqual(sent)
    expect(result).toEqual({ kind: 'replaced', object: live() })
    expect(live()).toMatchObject({ data: { key: 'a' }, metadata: { labels: { app: 'shop' } } })
    expect(live()).not.toHaveProperty('data.old')
  })

  it('replace, and have who wrote what struck off the books', async () => {
    const { cluster } = running
    await cluster.replace(settings({ key: 'a' }), { fieldManager, isThere: false })
    await cluster.replace(settings({ key: 'b' }), { fieldManager, isThere: true })
    expect(live()!.metadata).not.toHaveProperty('managedFields')
  })

  it('replace nothing where its namespace is not there, or who asks may not', async () => {
    const { cluster, emulator } = running
    const elsewhere = { ...settings({}), metadata: { name: 'settings', namespace: 'nowhere' } }
    expect(await cluster.replace(elsewhere, { fieldManager, isThere: false })).toEqual({
      kind: 'no-namespace',
    })
    emulator.authorization(({ verb }) => verb !== 'create')
    expect(await cluster.replace(settings({}), { fieldManager, isThere: false })).toMatchObject({
      kind: 'denied',
      reason: expect.stringContaining('cannot create'),
    })
    expect(live()).toBeUndefined()
  })
})
