import type { Action } from '../../domain/action.ts'
import { actionKey } from '../../domain/action.ts'
import type { KnownDeployment } from '../../domain/deployment.ts'
import { fullName, type Instant, type RepositoryRef, targetKey } from '../../domain/refs.ts'
import { planDeployments } from '../../features/deployments/plan-deployments.ts'
import { perform } from '../perform/perform.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { readTip } from '../repository/read-configuration.ts'

/** An app without the permission is told so once an hour: it may be granted any time. */
const refusedForMs = 3_600_000

type Publish = Extract<Action, { kind: 'publish-deployments' }>

/** Shows on GitHub what each revision came to in an environment; writes only where that is something else than before. */
export async function publishDeployments(
  ports: Ports,
  repository: RepositoryRef,
  name: string,
): Promise<JourneyOutcome> {
  const tip = await readTip(ports, repository, { fetch: false })
  const environments = tip?.configuration.environments ?? []
  const environment = environments.find((one) => one.name === name)
  const state = await ports.ledger.read(repository, name)
  if (!environment || state?.trust !== 'trusted') return { outcome: 'nothing-to-show', actions: 0 }
  const empty: Publish = {
    kind: 'publish-deployments',
    repository,
    environment: name,
    deployments: [],
    known: [],
  }
  const before = await readKnown(ports, actionKey(empty))
  if (before.refusedAt !== undefined && ports.clock.now() - before.refusedAt < refusedForMs)
    return { outcome: 'not-permitted', actions: 0 }
  const releases = await ports.store.releases.list(repository)
  const deployments = planDeployments({
    environment,
    isSource: environments.some(({ promotion }) => promotion?.from.environments.includes(name)),
    attestations: state.attestations,
    rollouts: state.rollouts,
    releases: new Map(releases.map(({ release }) => [targetKey(release.target), release])),
    known: before.known,
    page: (pull) =>
      pull === undefined ? `${ports.self.url}/` : `${ports.self.url}/pulls/${fullName(repository)}/${pull}`,
  })
  if (deployments.length === 0) return { outcome: 'unchanged', actions: 0 }
  return {
    outcome: 'published',
    actions: await perform(ports, [{ ...empty, deployments, known: before.known }]),
  }
}

async function readKnown(
  { store }: Pick<Ports, 'store'>,
  key: string,
): Promise<{ known: KnownDeployment[]; refusedAt?: Instant }> {
  const effect = await store.effects.find(key)
  const outcome = effect.state === 'none' ? undefined : effect.outcome
  const { known, refusedAt } = (outcome ?? {}) as { known?: KnownDeployment[]; refusedAt?: Instant }
  return { known: known ?? [], ...(refusedAt !== undefined && { refusedAt }) }
}
