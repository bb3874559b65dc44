import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCluster } from '../../src/adapters/kubernetes/create-cluster.ts'
import type { AuditEntry } from '../../src/domain/audit.ts'
import type { Cluster } from '../../src/ports/cluster.ts'
import { createAnnouncer } from '../../src/reconciler/announce-deeds.ts'
import { describeOnRealCluster, sharedKubeconfig } from '../control-plane/real-cluster.ts'
import { machineClock, seededRandom, silentLog } from '../emulator/cluster/start-cluster.ts'

describeOnRealCluster('what is told in the cluster', () => {
  const target = { application: `told-${process.pid}`, environment: 'prod', cluster: 'real' }
  let cluster: Cluster & { close(): Promise<void> }

  beforeAll(async () => {
    const kubeconfig = await sharedKubeconfig()
    const options = { kubeconfig, clock: machineClock, random: seededRandom(), log: silentLog }
    cluster = createCluster({ name: 'real', ...options })
    const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'drawbridge-system' } }
    await cluster.apply(home, { fieldManager: 'test', force: false })
  })
  afterAll(() => cluster.close())

  const entry = (what: string, reason: string, data = {}): AuditEntry => ({
    what,
    subject: 'x',
    actor: 'drawbridge',
    reason,
    data: { revision: 'abcdef0123', digest: 'd', ...data },
  })
  const events = async () => {
    const fieldSelector = `regarding.name=drawbridge.${target.application}.prod`
    const found = await cluster.find(
      { group: 'events.k8s.io', kind: 'Event' },
      { namespace: 'drawbridge-system', fieldSelector },
    )
    if (found === 'denied') throw new Error('denied')
    return found.map((event) => {
      const { reason, note, type, series } = event as unknown as Record<string, unknown>
      return { reason, note, type, count: (series as { count: number } | undefined)?.count ?? 1 }
    })
  }

  it('is each deed once, what is repeated with a count, and no more than fifty at once', async () => {
    const announcer = createAnnouncer({ cluster, clock: machineClock, log: silentLog })
    await announcer.hear(target, entry('apply', 'attested', { created: ['a', 'b'], configured: ['c'] }))
    await announcer.hear(
      target,
      entry('prune', 'no longer in the release', { deleted: ['ConfigMap shop/old'] }),
    )
    for (let times = 0; times < 3; times += 1)
      await announcer.hear(target, entry('heal', 'ConfigMap shop/settings was changed'))
    await announcer.hear(target, entry('refuse', 'commit abcdef0 carries no signature'))
    await announcer.hear(target, entry('healthy', ''))
    const told = (await events()).toSorted((a, b) => (String(a.reason) < String(b.reason) ? -1 : 1))
    expect(told).toEqual([
      { reason: 'Applied', note: 'abcdef0: 2 created, 1 configured', type: 'Normal', count: 1 },
      { reason: 'Healed', note: 'ConfigMap shop/settings was changed', type: 'Warning', count: 3 },
      { reason: 'Pruned', note: 'abcdef0: deleted ConfigMap shop/old', type: 'Normal', count: 1 },
      { reason: 'Refused', note: 'commit abcdef0 carries no signature', type: 'Warning', count: 1 },
    ])
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => announcer.hear(target, entry('refuse', `reason ${index}`))),
    )
    const all = await events()
    expect(all.length).toBeGreaterThan(30)
    expect(all.length).toBeLessThan(80)
  })
})
