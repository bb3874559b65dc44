import type { Configuration } from '../../domain/configuration.ts'
import type { Carried } from '../../domain/proposal.ts'
import type { Instant, RepositoryRef } from '../../domain/refs.ts'
import type { Attestation, Hold, Release } from '../../domain/release.ts'
import type { FileContent, RepositoryFiles } from '../../domain/repository-files.ts'
import { discover } from '../../features/discovery/discover.ts'
import type { Move } from '../../features/promotion/move.ts'
import { describeSources, sourcesFor } from '../../features/promotion/promotion-sources.ts'
import { releasesSince } from '../../features/promotion/releases-since.ts'
import { type SettledSources, settleSources } from '../../features/promotion/settle-sources.ts'
import type { ShownDivergences } from '../../features/promotion/show-divergence.ts'
import { type PastRelease, takenAway } from '../../features/promotion/taken-away.ts'
import { ownPaths } from '../../features/release/own-paths.ts'
import { type Planned, planFromSource, refusalOf } from './plan-from-source.ts'
import type { Ports } from '../ports.ts'
import { readSourceSlos } from './read-source-slos.ts'
import { historyDepth, releasesOn } from '../repository/releases-on.ts'
import type { Tip } from '../repository/read-configuration.ts'
import { versionsAt } from './read-pinned.ts'
import { readTarget } from './read-promotion-sides.ts'
import { trustedHistory } from '../repository/trusted-history.ts'

/** One application's part of a promotion, as a value. */
export interface PromotionPart {
  application: string
  /** Every environment that is through with it. */
  from: string[]
  /** What it comes from: in the first of them. */
  source: Attestation
  /** The same, of each of them. */
  carries: Carried[]
  moves: Move[]
  files: Record<string, FileContent>
  /** The releases that come with it, oldest first; itself the last. */
  log: Attestation[]
  /** By a person, though something newer could be promoted: automation is to leave it so. */
  isStepBack: boolean
  /** What keeps automation from promoting it there already. */
  hold?: Hold
  /** How the environments differ beyond it; absent: nobody has looked. */
  divergence?: ShownDivergences
}

/** `until`: when it is another by itself. */
export type PromotionSettled = { until?: Instant } & (
  { kind: 'promote'; part: PromotionPart } | { kind: 'nothing' | 'refused' | 'wait'; reason: string }
)

export interface PromotionRequest {
  repository: RepositoryRef
  tip: Tip
  /** Files of the tip. */
  files: RepositoryFiles
  application: string
  to: string
  /** The newest word on every target. */
  releases: readonly Release[]
  /** By a person: then it is not waited for soak and health, which the gates of the pull request ask for. */
  isAsked: boolean
  /** The beginning of the commit that is to be promoted, of those that ran before; what runs now where absent. */
  revision?: string
  /** Where every release has its turn: the one that was proposed last, and whether a person has refused it. */
  turn?: { carries: readonly Carried[]; isOver: boolean }
  /** What our open pull request there carries. */
  proposed?: readonly Carried[]
}

/** What of an application is carried to an environment now, from which of those before it. Nothing is written. */
export async function settlePromotion(
  ports: PromotionPorts,
  request: PromotionRequest,
): Promise<PromotionSettled> {
  const { tip, files, application, to } = request
  const sources = sourcesFor(tip.configuration.environments, to, isIn(files, tip.configuration, application))
  const own = ownPaths(files, tip.configuration, application, to)
  const rule = tip.configuration.environments.find(({ name }) => name === to)?.promotion
  if (!sources || !rule) return { kind: 'nothing', reason: `nothing is promoted to ${to}` }
  if (own.sources.length === 0) return { kind: 'nothing', reason: `${application} has nothing in ${to}` }
  const target = await readTarget(ports, request, own)
  const isAll = sources.environments.length > 1 || rule.batch === 'every'
  const place = { application, from: sources.environments, to }
  const slos = request.isAsked ? [] : await readSourceSlos(ports, tip.configuration, place)
  const wanted = { target, rule, isAll, slos }
  const planned: Planned[] = []
  for (const environment of sources.environments)
    planned.push(...(await planFromSource(ports, request, environment, wanted)))
  if (planned.length === 0) {
    if (request.turn?.isOver) return { kind: 'nothing', reason: 'nothing came after what was refused' }
    const which = request.revision === undefined ? '' : ` at ${request.revision}, as far as is known`
    return { kind: 'nothing', reason: `${application} does not run in ${describeSources(sources)}${which}` }
  }
  const need = request.isAsked ? Math.min(1, sources.need) : sources.need
  const candidates = planned.map(({ candidate }) => candidate)
  const chosen = settleSources({ ...sources, need }, candidates, request.isAsked ? 'newest' : rule.batch)
  const settled = await settlePlanned(ports, request, chosen, planned)
  const nexts = planned.flatMap(({ next }) => next ?? [])
  return { ...(nexts.length > 0 && { until: Math.min(...nexts) }), ...settled }
}

async function settlePlanned(
  ports: PromotionPorts,
  request: PromotionRequest,
  settled: SettledSources,
  planned: readonly Planned[],
): Promise<PromotionSettled> {
  const { repository, tip, application, to, isAsked } = request
  const refusal = planned.map(({ plan }) => refusalOf(plan)).find((reason) => reason !== undefined)
  if (settled.kind === 'wait') return refusal === undefined ? settled : { kind: 'refused', reason: refusal }
  const chosen = settled.kind === 'promote' ? chosenOf(settled, planned) : []
  const [first] = chosen
  if (settled.kind !== 'promote' || first?.plan.kind !== 'promote')
    return { kind: 'nothing', reason: `${to} has what ${sourcesOf(planned)} has already` }
  const { moves, files } = first.plan
  const obstacle = isAsked ? undefined : await whyNotByItself(ports, request, moves)
  if (obstacle) return obstacle
  const { source } = first
  const carries = chosen.map(({ source: { target, revision } }) => ({
    application,
    environment: target.environment,
    revision,
  }))
  const log = releasesSince(await historyFrom(ports, request, source), moves)
  const isAutomatic = tip.configuration.environments.find(({ name }) => name === to)?.promotion?.isAutomatic
  const isStepBack = isAutomatic === true && first.isOlder
  const controls = (await ports.ledger.read(repository, to))?.controls
  const hold = controls?.holds.find((each) => each.application === application)
  const { from } = settled
  return {
    kind: 'promote',
    part: { application, from, source, carries, moves, files, log, isStepBack, ...(hold && { hold }) },
  }
}

function sourcesOf(planned: readonly Planned[]): string {
  return [...new Set(planned.map(({ candidate }) => candidate.environment))].join(', ')
}

/** Of each environment that it is promoted from, the newest release that gives just that. */
function chosenOf(
  { from, carries }: Pick<Extract<SettledSources, { kind: 'promote' }>, 'from' | 'carries'>,
  planned: readonly Planned[],
): Planned[] {
  return from.flatMap(
    (environment) =>
      planned.find(
        ({ candidate }) =>
          candidate.environment === environment &&
          candidate.carries === carries &&
          candidate.verdict.outcome === 'pass',
      ) ?? [],
  )
}

/** What ran where a release runs, from that release back, newest first. */
async function historyFrom(
  ports: PromotionPorts,
  { repository }: PromotionRequest,
  { target, revision }: Attestation,
): Promise<Attestation[]> {
  const history = (await releasesOn(ports, repository, target)).map(({ attestation }) => attestation)
  const from = history.findIndex((each) => each.revision === revision)
  return history.slice(Math.max(0, from))
}

/** Why automation leaves what could be promoted alone: people are about to change it there, or took it away. */
async function whyNotByItself(
  ports: PromotionPorts,
  request: PromotionRequest,
  moves: readonly Move[],
): Promise<Exclude<PromotionSettled, { kind: 'promote' }> | undefined> {
  const { repository, application, to } = request
  const states = await trustedHistory(ports, repository, to, historyDepth, application)
  const history = states.map(({ attestations }) =>
    attestations.filter(({ target }) => target.application === application),
  )
  const [newest = []] = history
  if (newest.length > 0 && !newest.some((release) => hasBefore(release, moves)))
    return { kind: 'wait', reason: `what was merged to ${to} is not released yet` }
  const cluster = newest[0]?.target.cluster
  const own = history.flatMap((all) => all.filter(({ target }) => target.cluster === cluster))
  const past = own.filter(({ digest }, index) => own[index - 1]?.digest !== digest)
  const away = takenAway(await readPast(request, past, moves), moves)
  return away && { kind: 'refused', reason: awayReason(request, away) }
}

/** Looked back through for what no attestation says: more changes by hand than that are rare between two promotions. */
const mostRead = 6

/** Where no image moves, with the charts, fields and files of the releases since the last promotion; the newest does not have them. */
async function readPast(
  { tip, application, to }: PromotionRequest,
  past: readonly Attestation[],
  moves: readonly Move[],
): Promise<PastRelease[]> {
  const promotion = past.findIndex(({ kind }) => kind === 'promotion')
  const last = Math.min(promotion < 0 ? mostRead : promotion, mostRead)
  const isTold = moves.some(({ kind }) => kind === 'image')
  const found: PastRelease[] = []
  for (const [index, attestation] of past.entries()) {
    const isRead = !isTold && index > 0 && index <= last
    const place = { application, environment: to }
    const versions = isRead
      ? await versionsAt(tip.git, tip.configuration, place, attestation.revision)
      : undefined
    found.push({ attestation, ...(versions && { versions }) })
  }
  return found
}

function hasBefore({ images }: Attestation, moves: readonly Move[]): boolean {
  return moves.every(({ kind, name, before }) => kind !== 'image' || images[name] === before)
}

function awayReason({ application, to }: PromotionRequest, { pull, revision }: Attestation): string {
  const by = pull ? `#${pull.number} by ${pull.author.login}` : revision.slice(0, 7)
  return `${to} ran this before, and ${by} took it away; /promote ${to} ${application} brings it back`
}

export type PromotionPorts = Pick<Ports, 'renderer' | 'clock' | 'metrics'> & {
  ledger: Pick<Ports['ledger'], 'read' | 'history' | 'objects'>
  github: Pick<Ports['github'], 'checkAnswers'>
}

/** Whether an application is in an environment at all, by what the branch says. */
export function isIn(files: RepositoryFiles, configuration: Configuration, application: string) {
  const { sources } = discover(files, configuration)
  const places = new Set(
    sources.flatMap((each) => (each.application === application ? [each.environment] : [])),
  )
  return (environment: string) => places.has(environment)
}
