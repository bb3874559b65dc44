import type { Action } from '../domain/action.ts'
import type { Actor, RepositoryRef } from '../domain/refs.ts'
import type { PromotionProposal } from '../domain/proposal.ts'
import { formatProposal } from '../features/promotion/proposal-trailers.ts'
import { type Configuration, type Promoted, promotedByDefault } from '../domain/configuration.ts'
import type { KubernetesObject } from '../domain/kubernetes-object.ts'
import { ruleFor } from '../features/discovery/name-sources.ts'
import type { Move } from '../features/promotion/move.ts'
import { planPromotion } from '../features/promotion/plan-promotion.ts'
import type { PromotionSide } from '../features/promotion/promotion-to-plan.ts'
import { type OwnPaths, ownPaths } from '../features/release/own-paths.ts'
import { isWithin } from '../features/rendering/paths.ts'
import type { GitRepository } from '../ports/git.ts'
import { readExactTexts } from './read-exact-texts.ts'
import { loadFiles, renderRevision } from './render-revision.ts'
import type { LedgerState } from '../ports/ledger.ts'
import type { Ports } from './ports.ts'
import type { Tip } from './read-configuration.ts'
import type { FileContent, RepositoryFiles } from '../domain/repository-files.ts'

export type PromotionProposed =
  | {
      kind: 'open'
      action: Extract<Action, { kind: 'open-pull' }>
      moves: Move[]
    }
  | { kind: 'nothing' | 'refused'; reason: string }

export interface PromotionRequest {
  repository: RepositoryRef
  tip: Tip
  /** Files of the tip. */
  files: RepositoryFiles
  application: string
  from: LedgerState
  to: string
  toState: LedgerState | undefined
  requestedBy?: Actor
}

/** The pull request that carries an application's running versions to the next environment, as a value: nothing is written. */
export async function proposePromotion(ports: Ports, request: PromotionRequest): Promise<PromotionProposed> {
  const { tip, files, application, from, to } = request
  const source = from.attestations.find(({ target }) => target.application === application)
  if (!source) return { kind: 'nothing', reason: `${application} does not run in ${from.environment}` }
  const own = ownPaths(files, tip.configuration, application, to)
  if (own.sources.length === 0) return { kind: 'nothing', reason: `${application} has nothing in ${to}` }
  const rendering = await renderRevision(ports.renderer, tip.git, files, tip.configuration, {
    isTrusted: true,
    only: (candidate) => candidate.application === application && candidate.environment === to,
  })
  const filesThen = await loadFiles(tip.git, source.revision)
  const ownThen = ownPaths(filesThen, tip.configuration, application, from.environment)
  const sideOf = (
    environment: string,
    there: RepositoryFiles,
    paths: OwnPaths,
    objects: KubernetesObject[],
  ) => readSide(tip.git, there, paths, { environment, objects })
  const running = await ports.ledger.objects(from, source.target)
  const plan = planPromotion({
    application,
    promoted: promotedIn(tip.configuration, own),
    source: await sideOf(from.environment, filesThen, ownThen, running),
    target: {
      ...(await sideOf(to, files, own, rendering.targets[0]?.objects ?? [])),
      valueFiles: own.sources.flatMap(({ valueFiles }) => valueFiles),
      shared: own.shared,
      pins: request.toState?.controls.pins ?? [],
    },
    isAutomatic: request.requestedBy === undefined,
  })
  switch (plan.kind) {
    case 'nothing':
      return { kind: 'nothing', reason: plan.reason }
    case 'pinned':
      return { kind: 'refused', reason: plan.reason }
    case 'impossible':
      return { kind: 'refused', reason: `${plan.problem.message}; ${plan.problem.fix}` }
    case 'promote': {
      const proposal: PromotionProposal = {
        kind: 'promotion',
        applications: [application],
        from: from.environment,
        to,
        requestedBy: request.requestedBy,
      }
      return { kind: 'open', moves: plan.moves, action: toPull(ports, request, source, proposal, plan) }
    }
  }

  function toPull(
    ports: Ports,
    request: PromotionRequest,
    source: LedgerState['attestations'][number],
    proposal: PromotionProposal,
    plan: { moves: Move[]; files: Record<string, FileContent> },
  ): Extract<Action, { kind: 'open-pull' }> {
    const versions = plan.moves.map(({ after }) => after.slice(0, 24)).join(', ')
    const title = `Promote ${application} ${versions} to ${to}`
    return {
      kind: 'open-pull',
      repository: request.repository,
      proposal: {
        branch: `drawbridge/promote/${to}/${application}`,
        baseBranch: tip.branch,
        baseSha: tip.sha,
        files: plan.files,
        commitMessage: `${title}\n\n${formatProposal(proposal)}`,
        title,
        body: ports.words.write('pull/promotion', {
          application,
          from: from.environment,
          to,
          moves: plan.moves,
          revision: source.revision,
          pull: source.pull?.number,
          pullTitle: source.pull?.title,
          author: source.pull?.author.login,
          since: source.at,
          requestedBy: request.requestedBy?.login,
          files: Object.keys(plan.files),
        }),
        isDraft: false,
        labels: [],
      },
    }
  }
}

function promotedIn(configuration: Configuration, { sources }: OwnPaths): readonly Promoted[] {
  const [path = ''] = sources.map((source) => source.path)
  return ruleFor(path, configuration)?.promote ?? promotedByDefault
}

async function readSide(
  git: GitRepository,
  { tree }: RepositoryFiles,
  own: OwnPaths,
  rest: Pick<PromotionSide, 'environment' | 'objects'>,
): Promise<PromotionSide> {
  const folder = own.sources[0]?.path ?? '.'
  return {
    ...rest,
    folder,
    files: await readExactTexts(git, tree, own.paths),
    entries: tree.entries.filter(({ path }) => isWithin(path, folder)),
  }
}
