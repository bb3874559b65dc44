import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { objectId, objectKey } from '../../src/domain/kubernetes-object.ts'
import type { WatchHandlers } from '../../src/ports/cluster.ts'
import { createClusterView } from '../../src/reconciler/cluster-view.ts'
import {
  aConfigMap,
  aDeployment,
  openShop,
  repository,
  type Shop,
  target,
} from '../journeys/reconcile-target-doubles.ts'

describe('the view of a cluster', () => {
  let shop: Shop

  beforeEach(async () => {
    shop = await openShop()
    shop.ledger.attest([aDeployment(), aConfigMap('settings')])
    await shop.until('healthy')
    await shop.seen()
    shop.hints.length = 0
    shop.running.emulator.requests.length = 0
  })
  afterEach(() => shop.stop())

  const settings = { kind: 'ConfigMap', namespace: 'shop', name: 'settings' }
  const ours = { repositoryId: repository.id, target }

  it('asks nothing while nothing changes, and says nothing', async () => {
    await shop.reconcile()
    await shop.reconcile()
    expect(shop.running.emulator.requests).toEqual([])
    expect(shop.hints).toEqual([])
  })

  it('gives a hint when an object of ours is edited, deleted or loses its label', async () => {
    shop.running.emulator.edit(settings, { data: { key: 'theirs' } })
    await expect.poll(() => shop.hints).toEqual([ours])
    shop.running.emulator.edit(settings, { metadata: { labels: { 'drawbridge.dev/owner': null } } })
    await expect.poll(() => shop.hints).toEqual([ours, ours])
    shop.running.emulator.delete({ ...settings, kind: 'Deployment', name: 'checkout' })
    await expect.poll(() => shop.hints.length).toBeGreaterThan(2)
  })

  it('gives one hint, and not more, for fields that are not ours on a kind without generation', async () => {
    for (const value of ['x', 'y', 'z']) shop.running.emulator.edit(settings, { data: { theirs: value } })
    await shop.seen()
    expect(shop.hints).toEqual([ours])
  })

  it('keeps what the watch told where that was faster than the answer to our own write', async () => {
    const { cluster, running, view } = shop
    const id = { ...settings, group: '', version: 'v1' }
    const labels = running.emulator.get(settings)?.metadata.labels
    const change = {
      ...aConfigMap('settings', { key: 'new' }),
      metadata: { name: settings.name, namespace: settings.namespace, labels },
    }
    const answer = await cluster.apply(change, { fieldManager: 'drawbridge', force: true })
    const newest = running.emulator.edit(settings, { data: { theirs: 'x' } }).metadata.resourceVersion
    const held = () => view.get(objectKey(id))?.metadata.resourceVersion
    await expect.poll(held).toBe(newest)
    if (answer.kind === 'applied') view.note(answer.object)
    expect(answer.kind).toBe('applied')
    expect(held()).toBe(newest)
  })

  it('believes the answer to our own write, however old its version looks', async () => {
    const { view, running } = shop
    const id = { ...settings, group: '', version: 'v1' }
    const newest = running.emulator.edit(settings, { data: { theirs: 'x' } })
    const held = () => view.get(objectKey(id))?.metadata.resourceVersion
    await expect.poll(held).toBe(newest.metadata.resourceVersion)
    // As after a restored etcd, and as any server may choose them.
    for (const resourceVersion of ['1', 'older']) {
      view.note({ ...newest, metadata: { ...newest.metadata, resourceVersion } })
      expect(held()).toBe(resourceVersion)
    }
  })

  it('goes on after the server closed, cut or expired its watches', async () => {
    const { chaos } = shop.running.emulator
    const disturbances = [() => chaos.closeWatches(), () => chaos.cutWatches(), () => chaos.expireWatches()]
    for (const [index, disturb] of disturbances.entries()) {
      disturb()
      const ticking = setInterval(() => void shop.running.clock.advance(500), 5)
      shop.running.emulator.edit(settings, { data: { key: `edit ${index}` } })
      await shop.reconcile()
      await expect.poll(() => shop.hints.length).toBeGreaterThan(index)
      clearInterval(ticking)
    }
  })

  it('tells of every target when the server has not answered for a while, and when it does again', async () => {
    const { chaos } = shop.running.emulator
    chaos.inject({ kind: 'unreachable' })
    chaos.cutWatches()
    const ticking = setInterval(() => void shop.running.clock.advance(1000), 5)
    await expect.poll(() => shop.hints).toContainEqual(ours)
    expect((await shop.reconcile()).release?.phase).toBe('unreachable')
    chaos.heal()
    await expect.poll(async () => (await shop.reconcile()).release?.phase).toBe('healthy')
    clearInterval(ticking)
  })

  it('does not go back before our own write, and takes what it was told meanwhile where the echo stays away', async () => {
    const { cluster, clock } = shop.running
    const handlers: WatchHandlers[] = []
    const told = {
      ...cluster,
      watch: async (_: unknown, __: unknown, one: WatchHandlers) => void handlers.push(one),
    }
    const view = createClusterView({
      cluster: told,
      clock,
      signal: new AbortController().signal,
      onHint: () => undefined,
    })
    const following = view.follow([])
    const [watch] = handlers
    watch?.onSynced?.()
    await following
    const at = (resourceVersion: string) => {
      const object = aConfigMap('settings')
      return { ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion } }
    }
    const tell = (version: string) => watch?.onEvent({ type: 'MODIFIED', object: at(version) })
    const held = () => view.get(objectKey(objectId(at(''))))?.metadata.resourceVersion
    tell('1')
    view.note(at('3'))
    tell('2')
    expect(held()).toBe('3')
    tell('3')
    expect(held()).toBe('3')
    view.note(at('4'))
    tell('5')
    expect(held()).toBe('4')
    await clock.advance(3_000)
    expect(held()).toBe('5')
  })

  it('lets go of who waits for its first list when it ends', async () => {
    const end = new AbortController()
    const { cluster, clock } = shop.running
    const mute = { ...cluster, watch: () => new Promise<void>(() => undefined) }
    const view = createClusterView({ cluster: mute, clock, signal: end.signal, onHint: () => undefined })
    const following = view.follow([])
    end.abort()
    await expect(following).rejects.toMatchObject({ system: 'kubernetes', retryable: true })
    await expect(view.follow([])).rejects.toMatchObject({ system: 'kubernetes' })
  })
})
