import { type Configuration, type Promoted, promotedByDefault } from '../domain/configuration.ts'
import type { KubernetesObject } from '../domain/kubernetes-object.ts'
import type { RepositoryRef } from '../domain/refs.ts'
import type { Attestation, Release } from '../domain/release.ts'
import type { FileContent, RepositoryFiles } from '../domain/repository-files.ts'
import { discover } from '../features/discovery/discover.ts'
import { ruleFor } from '../features/discovery/name-sources.ts'
import { evaluateSource } from '../features/promotion/evaluate-edge.ts'
import type { Move } from '../features/promotion/move.ts'
import { planPromotion, type PromotionPlan } from '../features/promotion/plan-promotion.ts'
import { describeSources, sourcesFor } from '../features/promotion/promotion-sources.ts'
import type { PromotionSide, PromotionToPlan } from '../features/promotion/promotion-to-plan.ts'
import { releasesSince } from '../features/promotion/releases-since.ts'
import { type Candidate, settleSources } from '../features/promotion/settle-sources.ts'
import type { ShownDivergences } from '../features/promotion/show-divergence.ts'
import { takenAway } from '../features/promotion/taken-away.ts'
import { type OwnPaths, ownPaths } from '../features/release/own-paths.ts'
import { isWithin } from '../features/rendering/paths.ts'
import type { GitRepository } from '../ports/git.ts'
import type { LedgerState } from '../ports/ledger.ts'
import type { Ports } from './ports.ts'
import { readExactTexts } from './read-exact-texts.ts'
import { historyDepth, releasesOn } from './releases-on.ts'
import type { Tip } from './read-configuration.ts'
import { loadFiles, renderRevision } from './render-revision.ts'
import { trustedHistory } from './trusted-history.ts'

/** One application's part of a promotion, as a value. */
export interface PromotionPart {
  application: string
  /** Every environment that is through with it. */
  from: string[]
  /** What it comes from: in the first of them. */
  source: Attestation
  moves: Move[]
  files: Record<string, FileContent>
  /** The releases that come with it, oldest first; itself the last. */
  log: Attestation[]
  /** How the environments differ beyond it; absent: nobody has looked. */
  divergence?: ShownDivergences
}

export type PromotionSettled =
  | { kind: 'promote'; part: PromotionPart }
  | { kind: 'nothing' | 'refused'; reason: string }
  | { kind: 'wait'; reason: string; until?: number }

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
}

/** What of an application is carried to an environment now, from which of those before it. Nothing is written. */
export async function settlePromotion(
  ports: PromotionPorts,
  request: PromotionRequest,
): Promise<PromotionSettled> {
  const { tip, files, application, to } = request
  const sources = sourcesFor(tip.configuration.environments, to, isIn(files, tip.configuration, application))
  const own = ownPaths(files, tip.configuration, application, to)
  if (!sources) return { kind: 'nothing', reason: `nothing is promoted to ${to}` }
  if (own.sources.length === 0) return { kind: 'nothing', reason: `${application} has nothing in ${to}` }
  const target = await readTarget(ports, request, own)
  const planned: Planned[] = []
  for (const environment of sources.environments)
    planned.push(...(await planFrom(ports, request, environment, target)))
  if (planned.length === 0) {
    const which = request.revision === undefined ? '' : ` at ${request.revision}, as far as is known`
    return { kind: 'nothing', reason: `${application} does not run in ${describeSources(sources)}${which}` }
  }
  const need = request.isAsked ? Math.min(1, sources.need) : sources.need
  const settled = settleSources(
    { ...sources, need },
    planned.map(({ candidate }) => candidate),
  )
  const refusal = planned.map(({ plan }) => refusalOf(plan)).find((reason) => reason !== undefined)
  if (settled.kind === 'wait') return refusal === undefined ? settled : { kind: 'refused', reason: refusal }
  const chosen =
    settled.kind === 'promote'
      ? planned.find(({ candidate }) => candidate.environment === settled.from[0])
      : undefined
  if (settled.kind !== 'promote' || chosen?.plan.kind !== 'promote')
    return { kind: 'nothing', reason: `${to} has what ${describeSources(sources)} has already` }
  const { moves, files: edited } = chosen.plan
  const obstacle = request.isAsked ? undefined : await whyNotByItself(ports, request, moves)
  if (obstacle) return obstacle
  const log = releasesSince(await historyFrom(ports, request, chosen.source), moves)
  return {
    kind: 'promote',
    part: { application, from: settled.from, source: chosen.source, moves, files: edited, log },
  }
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
  const states = await trustedHistory(ports, repository, to, historyDepth)
  const history = states.map(({ attestations }) =>
    attestations.filter(({ target }) => target.application === application),
  )
  const [newest = []] = history
  if (newest.length > 0 && !newest.some((release) => hasBefore(release, moves)))
    return { kind: 'wait', reason: `what was merged to ${to} is not released yet` }
  const cluster = newest[0]?.target.cluster
  const own = history.flatMap((all) => all.filter(({ target }) => target.cluster === cluster))
  const away = takenAway(
    own.filter(({ digest }, index) => own[index - 1]?.digest !== digest),
    moves,
  )
  return away && { kind: 'refused', reason: awayReason(request, away) }
}

function hasBefore({ images }: Attestation, moves: readonly Move[]): boolean {
  return moves.every(({ kind, name, before }) => kind !== 'image' || images[name] === before)
}

function awayReason({ application, to }: PromotionRequest, { pull, revision }: Attestation): string {
  const by = pull ? `#${pull.number} by ${pull.author.login}` : revision.slice(0, 7)
  return `${to} ran this before, and ${by} took it away; /promote ${to} ${application} brings it back`
}

export type PromotionPorts = Pick<Ports, 'renderer' | 'clock'> & {
  ledger: Pick<Ports['ledger'], 'read' | 'history' | 'objects'>
}

interface Planned {
  candidate: Candidate
  plan: PromotionPlan
  source: Attestation
}

/** Whether an application is in an environment at all, by what the branch says. */
export function isIn(files: RepositoryFiles, configuration: Configuration, application: string) {
  const { sources } = discover(files, configuration)
  const places = new Set(
    sources.flatMap((each) => (each.application === application ? [each.environment] : [])),
  )
  return (environment: string) => places.has(environment)
}

async function planFrom(
  ports: PromotionPorts,
  request: PromotionRequest,
  environment: string,
  target: PromotionToPlan['target'],
): Promise<Planned[]> {
  const { tip, application, isAsked, releases } = request
  const found = await findSource(ports, request, environment)
  if (!found) return []
  const { state, source } = found
  const plan = planPromotion({
    application,
    promoted: promotedIn(tip.configuration, target.folder),
    source: await readSource(ports, request, state, source),
    target,
    isAutomatic: !isAsked,
  })
  const rule = tip.configuration.environments.find(({ name }) => name === request.to)?.promotion
  const running = releases.filter(
    (release) => release.target.environment === environment && release.target.application === application,
  )
  const verdict = isAsked
    ? { outcome: 'pass' as const, reason: 'asked for' }
    : evaluateSource(environment, rule?.soakSeconds ?? 0, running, ports.clock.now())
  const refusal = refusalOf(plan)
  const carries = plan.kind === 'promote' ? JSON.stringify(plan.files) : undefined
  return [
    {
      plan,
      source,
      candidate: {
        environment,
        verdict: refusal === undefined ? verdict : { outcome: 'block', reason: refusal },
        carries,
        at: source.at,
      },
    },
  ]
}

/** What runs in an environment, or what ran there at the commit that was asked for, with the state that says so. */
async function findSource(
  { ledger }: PromotionPorts,
  { repository, application, revision }: PromotionRequest,
  environment: string,
): Promise<{ state: LedgerState; source: Attestation } | undefined> {
  const states =
    revision === undefined
      ? [await ledger.read(repository, environment)]
      : await ledger.history(repository, environment, historyDepth)
  for (const state of states) {
    const source = state?.attestations.find(
      (each) => each.target.application === application && each.revision.startsWith(revision ?? ''),
    )
    if (state?.trust === 'trusted' && source) return { state, source }
  }
  return undefined
}

async function readSource(
  ports: PromotionPorts,
  { tip, application }: PromotionRequest,
  state: LedgerState,
  source: Attestation,
): Promise<PromotionSide> {
  const files = await loadFiles(tip.git, source.revision)
  const own = ownPaths(files, tip.configuration, application, state.environment)
  const objects = await ports.ledger.objects(state, source.target)
  return readSide(tip.git, files, own, { environment: state.environment, objects })
}

async function readTarget(
  ports: PromotionPorts,
  { repository, tip, files, application, to }: PromotionRequest,
  own: OwnPaths,
): Promise<PromotionToPlan['target']> {
  const rendering = await renderRevision(ports.renderer, tip.git, files, tip.configuration, {
    isTrusted: true,
    only: (candidate) => candidate.application === application && candidate.environment === to,
  })
  const state = await ports.ledger.read(repository, to)
  const objects = rendering.targets[0]?.objects ?? []
  return {
    ...(await readSide(tip.git, files, own, { environment: to, objects })),
    valueFiles: own.sources.flatMap(({ valueFiles }) => valueFiles),
    shared: own.shared,
    pins: state?.controls.pins ?? [],
  }
}

async function readSide(
  git: GitRepository,
  { tree }: RepositoryFiles,
  own: OwnPaths,
  rest: { environment: string; objects: KubernetesObject[] },
): Promise<PromotionSide> {
  const folder = own.sources[0]?.path ?? '.'
  return {
    ...rest,
    folder,
    files: await readExactTexts(git, tree, own.paths),
    entries: tree.entries.filter(({ path }) => isWithin(path, folder)),
  }
}

function promotedIn(configuration: Configuration, folder: string): readonly Promoted[] {
  return ruleFor(folder, configuration)?.promote ?? promotedByDefault
}

function refusalOf(plan: PromotionPlan): string | undefined {
  if (plan.kind === 'pinned') return plan.reason
  return plan.kind === 'impossible' ? `${plan.problem.message}; ${plan.problem.fix}` : undefined
}
