import type { Action } from '../domain/action.ts'
import type { Environment } from '../domain/configuration.ts'
import type { Instant, RepositoryRef } from '../domain/refs.ts'
import { evaluatePromotionEdge } from '../features/promotion/evaluate-edge.ts'
import { isFrozen } from '../features/windows/freezes-by-rule.ts'
import { loadFiles } from './render-revision.ts'
import { perform } from './perform.ts'
import type { JourneyOutcome, Ports } from './ports.ts'
import { proposePromotion } from './propose-promotion.ts'
import { isStillTip, readTip, type Tip } from './read-configuration.ts'

/** Along every automatic edge of the graph: what has soaked and is healthy is proposed to the next environment. */
export async function promoteReleases(ports: Ports, repository: RepositoryRef): Promise<JourneyOutcome> {
  const tip = await readTip(ports, repository, { fetch: false })
  if (!tip?.configuration.isConfigured) return { outcome: 'not-configured', actions: 0 }
  let actions = 0
  let next: Instant | undefined
  for (const environment of tip.configuration.environments) {
    if (!environment.promotion?.isAutomatic) continue
    const result = await promoteInto(ports, repository, tip, environment)
    actions += result.actions
    if (result.next !== undefined) next = Math.min(next ?? result.next, result.next)
  }
  return { outcome: actions > 0 ? 'proposed' : 'unchanged', actions, next }
}

async function promoteInto(
  ports: Ports,
  repository: RepositoryRef,
  tip: Tip,
  environment: Environment,
): Promise<{ actions: number; next?: Instant }> {
  const rule = environment.promotion
  const from = rule && (await ports.ledger.read(repository, rule.from))
  if (!rule || from?.trust !== 'trusted') return { actions: 0 }
  const toState = await ports.ledger.read(repository, environment.name)
  const releases = (await ports.store.releases.list(repository)).map(({ release }) => release)
  const files = await loadFiles(tip.git, tip.sha)
  let actions = 0
  let next: Instant | undefined
  for (const application of new Set(from.attestations.map(({ target }) => target.application))) {
    if (toState?.controls.holds.some((hold) => hold.application === application)) continue
    const place = { environment: environment.name, application }
    const closures = { freezes: toState?.controls.freezes ?? [], rules: tip.configuration.freezes }
    if (isFrozen(closures, place, ports.clock.now())) continue
    const proposed = await proposePromotion(ports, {
      repository,
      tip,
      files,
      application,
      from,
      to: environment.name,
      toState,
    })
    if (proposed.kind !== 'open') continue
    const sources = releases.filter(
      ({ target }) => target.environment === rule.from && target.application === application,
    )
    const edge = evaluatePromotionEdge(rule, sources, ports.clock.now())
    if (edge.outcome === 'pass') {
      if (await isOpenOrDeclined(ports, proposed.action)) continue
      // In this order: what was merged before the question above has moved the branch, and is planned upon again.
      if (!(await isStillTip(tip))) return { actions, next: ports.clock.now() }
      actions += await perform(ports, [proposed.action])
    } else if (edge.until !== undefined) next = Math.min(next ?? edge.until, edge.until)
  }
  return { actions, next }
}

/** Whether the same versions are proposed already, or were and a person closed that. */
async function isOpenOrDeclined(
  ports: Ports,
  { repository, proposal }: Extract<Action, { kind: 'open-pull' }>,
): Promise<boolean> {
  const known = await ports.github.pullFrom(repository, proposal.branch)
  return known !== undefined && known.state !== 'merged' && known.title === proposal.title
}
