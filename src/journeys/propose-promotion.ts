import type { Action } from '../domain/action.ts'
import type { Actor, RepositoryRef } from '../domain/refs.ts'
import type { PromotionProposal } from '../domain/proposal.ts'
import { formatProposal } from '../features/promotion/proposal-trailers.ts'
import { planPromotion } from '../features/promotion/plan-promotion.ts'
import { ownPaths } from '../features/release/own-paths.ts'
import { renderRevision } from './render-revision.ts'
import type { LedgerState } from '../ports/ledger.ts'
import type { Ports } from './ports.ts'
import type { Tip } from './read-configuration.ts'
import type { RepositoryFiles } from '../domain/repository-files.ts'

export type PromotionProposed =
  | {
      kind: 'open'
      action: Extract<Action, { kind: 'open-pull' }>
      moves: { image: string; before: string; after: string }[]
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
  const plan = planPromotion({
    application,
    from: from.environment,
    to,
    fromObjects: await ports.ledger.objects(from, source.target),
    toObjects: rendering.targets[0]?.objects ?? [],
    files: new Map(own.paths.map((path) => [path, files.text(path) ?? ''])),
    valueFiles: own.sources.flatMap(({ valueFiles }) => valueFiles),
    pins: request.toState?.controls.pins ?? [],
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
    plan: { moves: { image: string; before: string; after: string }[]; files: Record<string, string> },
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
