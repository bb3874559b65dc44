import type { Action } from '../../domain/action.ts'
import type { Environment } from '../../domain/configuration.ts'
import type { Instant, RepositoryRef } from '../../domain/refs.ts'
import type { Release } from '../../domain/release.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { discover } from '../../features/discovery/discover.ts'
import { parseProposal } from '../../features/promotion/proposal-trailers.ts'
import { isFrozen } from '../../features/windows/freezes-by-rule.ts'
import {
  closeStalePromotions,
  isClosedByUs,
  type OpenPromotion,
  openPromotions,
} from './close-stale-promotions.ts'
import { gatherDivergence } from './gather-divergence.ts'
import { perform } from '../perform/perform.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { readProposal } from '../repository/read-proposal.ts'
import { promotionBranch, proposePromotion } from './propose-promotion.ts'
import { isStillTip, readTip, type Tip } from '../repository/read-configuration.ts'
import { loadFiles } from '../repository/render-revision.ts'
import { type PromotionRequest, settlePromotion } from './settle-promotion.ts'

/** Along every automatic edge of the graph: what has soaked and is healthy is proposed to the next environment. */
export async function promoteReleases(ports: Ports, repository: RepositoryRef): Promise<JourneyOutcome> {
  const tip = await readTip(ports, repository, { fetch: false })
  if (!tip?.configuration.isConfigured) return { outcome: 'not-configured', actions: 0 }
  const files = await loadFiles(tip.git, tip.sha)
  const releases = (await ports.store.releases.list(repository)).map(({ release }) => release)
  const open = await openPromotions(ports, { repository, tip })
  const promoting: Promoting = { repository, tip, files, releases, open }
  const carried = new Set<string>()
  let actions = 0
  let next: Instant | undefined
  for (const environment of tip.configuration.environments) {
    if (!environment.promotion?.isAutomatic) continue
    const result = await promoteInto(ports, promoting, environment)
    actions += result.actions
    for (const application of result.carried) carried.add(`${environment.name}/${application}`)
    if (result.next !== undefined) next = Math.min(next ?? result.next, result.next)
  }
  actions += await closeStalePromotions(ports, promoting, (name, to) => carried.has(`${to}/${name}`))
  return { outcome: actions > 0 ? 'proposed' : 'unchanged', actions, next }
}

export interface Promoting {
  repository: RepositoryRef
  tip: Tip
  files: RepositoryFiles
  releases: readonly Release[]
  /** As of the beginning. */
  open: readonly OpenPromotion[]
}

async function promoteInto(
  ports: Ports,
  promoting: Promoting,
  environment: Environment,
): Promise<{ actions: number; carried: string[]; next?: Instant }> {
  const { repository, tip, files } = promoting
  const to = environment.name
  const controls = (await ports.ledger.read(repository, to))?.controls
  const closures = { freezes: controls?.freezes ?? [], rules: tip.configuration.freezes }
  const carried: string[] = []
  let actions = 0
  let next: Instant | undefined
  for (const application of applicationsIn(files, tip, to)) {
    if (controls?.holds.some((hold) => hold.application === application)) continue
    if (isFrozen(closures, { environment: to, application }, ports.clock.now())) continue
    const turn =
      environment.promotion?.batch === 'every' ? await turnOf(ports, promoting, application, to) : undefined
    const proposed = standingOn(promoting, promotionBranch(to, [application]))?.proposal?.carries
    const request = { ...promoting, application, to, isAsked: false, turn, proposed }
    const settled = await settlePromotion(ports, request)
    if (settled.until !== undefined) next = Math.min(next ?? settled.until, settled.until)
    if (settled.kind !== 'promote') continue
    carried.push(application)
    const action = proposePromotion(ports, { repository, tip, to, parts: [settled.part] })
    if (await isOpenOrDeclined(ports, promoting, action)) continue
    const divergence = await gatherDivergence(
      ports,
      { repository, tip, to },
      settled.part,
      ports.self.maskKey,
    )
    const parts = [{ ...settled.part, divergence }]
    // In this order: what was merged before the question above has moved the branch, and is planned upon again.
    if (!(await isStillTip(tip))) return { actions, carried, next: ports.clock.now() }
    actions += await perform(ports, [proposePromotion(ports, { repository, tip, to, parts })])
  }
  return { actions, carried, next }
}

function applicationsIn(files: RepositoryFiles, { configuration }: Tip, environment: string): string[] {
  const sources = discover(files, configuration).sources.filter(
    (source) => source.environment === environment,
  )
  return [...new Set(sources.map(({ application }) => application))].toSorted()
}

/** What was proposed last by a rule, while that is open, or after a person closed it. */
async function turnOf(
  ports: Ports,
  { repository, tip }: Promoting,
  application: string,
  to: string,
): Promise<PromotionRequest['turn']> {
  const known = await ports.github.pullFrom(repository, promotionBranch(to, [application]))
  if (!known || known.state === 'merged' || (known.state === 'closed' && (await isClosedByUs(ports, known))))
    return undefined
  const isFetched = (await tip.git.resolve(known.headSha)) !== undefined
  const proposal = isFetched ? await readProposal(ports, known) : undefined
  return proposal?.kind === 'promotion' && proposal.carries
    ? { carries: proposal.carries, isOver: known.state === 'closed' }
    : undefined
}

/** Whether the same is proposed already, or was and a person closed that, or what is open is not ours to bring up to date. */
async function isOpenOrDeclined(
  ports: Ports,
  promoting: Promoting,
  { repository, proposal }: Extract<Action, { kind: 'open-pull' }>,
): Promise<boolean> {
  const standing = standingOn(promoting, proposal.branch)
  if (!standing) {
    const known = await ports.github.pullFrom(repository, proposal.branch)
    if (known?.state === 'open') return true
    return known?.state === 'closed' && known.title === proposal.title && !(await isClosedByUs(ports, known))
  }
  const proposed = parseProposal(proposal.commitMessage)
  // A commit of somebody else on the branch makes it theirs; what somebody asked for stays what was asked for.
  if (!standing.proposal || proposed?.kind !== 'promotion' || standing.proposal.requestedBy) return true
  return standing.pull.title === proposal.title && standing.proposal.from.join() === proposed.from.join()
}

function standingOn({ open }: Promoting, branch: string): OpenPromotion | undefined {
  return open.find(({ pull }) => pull.headBranch === branch)
}
