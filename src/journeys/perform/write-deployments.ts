import type { Action } from '../../domain/action.ts'
import type { KnownDeployment } from '../../domain/deployment.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Ports } from '../ports.ts'

/** One after the other; what GitHub shows afterwards. Deployments that ended are known no longer. */
export async function writeDeployments(
  { github, clock }: Pick<Ports, 'github' | 'clock'>,
  { repository, deployments, known }: Extract<Action, { kind: 'publish-deployments' }>,
): Promise<{ known: KnownDeployment[]; refusedAt?: Instant }> {
  const shown = new Map(known.map((one) => [one.revision, one]))
  for (const deployment of deployments) {
    const { revision, state } = deployment
    const published = await github.publishDeployment(repository, deployment, shown.get(revision)?.id)
    if (published === undefined) return { known: [...shown.values()], refusedAt: clock.now() }
    shown.set(revision, { id: published.id, revision, state })
  }
  return { known: [...shown.values()].filter(({ state }) => state !== 'inactive') }
}
