import { type RepositoryRef, targetKey } from '../../domain/refs.ts'
import { findSilent } from '../../features/agents/find-silent.ts'
import { followUp } from '../../features/work/follow-up.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { readTip } from '../repository/read-configuration.ts'
import { saveRelease } from './reconcile-release.ts'

/** Says of every cluster whose agent has not been heard for long that it is out of reach. What runs there goes on. */
export async function noticeSilence(ports: Ports, repository: RepositoryRef): Promise<JourneyOutcome> {
  const tip = await readTip(ports, repository, { fetch: false })
  const clusters = tip?.configuration.clusters ?? []
  if (!clusters.some(({ access }) => access?.kind === 'agent')) return { outcome: 'no-agents', actions: 0 }
  const environments = tip?.configuration.environments ?? []
  const ledgers = await Promise.all(environments.map(({ name }) => ports.ledger.read(repository, name)))
  const stored = await ports.store.releases.list(repository)
  const before = new Map(stored.map(({ release }) => [targetKey(release.target), release]))
  const now = ports.clock.now()
  const found = findSilent(
    clusters,
    await ports.store.agents.list(repository),
    ledgers.flatMap((state) => (state?.trust === 'trusted' ? state.attestations : [])),
    before,
    now,
  )
  let actions = 0
  for (const release of found.releases) {
    const earlier = before.get(targetKey(release.target))
    actions += await saveRelease(ports.store, repository, earlier, release, [], now)
    for (const work of followUp(repository, earlier, release)) await ports.store.queue.enqueue(work, now)
  }
  for (const state of found.silent.filter(({ isSilent }) => !isSilent))
    await ports.store.agents.put(repository, { ...state, isSilent: true })
  return { outcome: found.releases.length > 0 ? 'silent' : 'all-heard', actions }
}
