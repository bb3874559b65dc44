import type { Action } from '../domain/action.ts'
import type { PromotionProposal } from '../domain/proposal.ts'
import type { Actor, RepositoryRef } from '../domain/refs.ts'
import { formatProposal } from '../features/promotion/proposal-trailers.ts'
import type { PromotionView } from '../features/review/review-view.ts'
import type { Ports } from './ports.ts'
import type { Tip } from './read-configuration.ts'
import type { PromotionPart } from './settle-promotion.ts'

export interface PromotionToPropose {
  repository: RepositoryRef
  tip: Tip
  to: string
  /** One at least. */
  parts: readonly PromotionPart[]
  requestedBy?: Actor
}

/** The pull request that performs a promotion, as a value: nothing is written. */
export function proposePromotion(
  ports: Pick<Ports, 'words'>,
  { repository, tip, to, parts, requestedBy }: PromotionToPropose,
): Extract<Action, { kind: 'open-pull' }> {
  const applications = parts.map(({ application }) => application)
  const proposal: PromotionProposal = {
    kind: 'promotion',
    applications,
    from: [...new Set(parts.flatMap(({ from }) => from))],
    to,
    requestedBy,
  }
  const title = titleOf(to, parts)
  const files = Object.assign({}, ...parts.map((part) => part.files)) as PromotionPart['files']
  const view: PromotionView = {
    to,
    parts: parts.map(toView),
    requestedBy: requestedBy?.login,
    files: Object.keys(files),
  }
  return {
    kind: 'open-pull',
    repository,
    proposal: {
      branch: `drawbridge/promote/${to}/${applications.join('+')}`,
      baseBranch: tip.branch,
      baseSha: tip.sha,
      files,
      commitMessage: `${title}\n\n${formatProposal(proposal)}`,
      title,
      body: ports.words.write('pull/promotion', view),
      isDraft: false,
      labels: [],
    },
  }
}

function titleOf(to: string, parts: readonly PromotionPart[]): string {
  const [first, ...more] = parts
  if (!first || more.length > 0)
    return `Promote ${parts.map(({ application }) => application).join(', ')} to ${to}`
  const versions = first.moves.map(({ after }) => after.slice(0, 24)).join(', ')
  return `Promote ${first.application} ${versions} to ${to}`
}

function toView({ application, from, moves, source }: PromotionPart): PromotionView['parts'][number] {
  return {
    application,
    from: from.join(', '),
    moves,
    revision: source.revision,
    pull: source.pull?.number,
    pullTitle: source.pull?.title,
    author: source.pull?.author.login,
    since: source.at,
  }
}
