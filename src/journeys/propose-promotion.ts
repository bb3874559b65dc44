import { createHash } from 'node:crypto'
import type { Action } from '../domain/action.ts'
import type { PromotionProposal } from '../domain/proposal.ts'
import type { Actor, RepositoryRef } from '../domain/refs.ts'
import type { Attestation } from '../domain/release.ts'
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
    files: Object.keys(files).slice(0, shownInBody),
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
  const [first, ...others] = parts
  if (!first || others.length > 0)
    return `Promote ${parts.map(({ application }) => application).join(', ')} to ${to}`
  const versions = first.moves.map(({ after }) => after.slice(0, 24))
  const rest = versions.length - shownInTitle
  const more = rest > 0 ? ` and ${rest} more (${fingerprintOf(first)})` : ''
  return `Promote ${first.application} ${versions.slice(0, shownInTitle).join(', ')}${more} to ${to}`
}

/** The title tells one promotion from another, and GitHub has room for 255 characters. */
const shownInTitle = 3

function fingerprintOf({ moves }: PromotionPart): string {
  return createHash('sha256').update(JSON.stringify(moves)).digest('hex').slice(0, 7)
}

/** More than people read, and far below what GitHub takes. */
const shownInBody = 50

function toView({ application, from, moves, source, log }: PromotionPart): PromotionView['parts'][number] {
  return {
    application,
    from: from.join(', '),
    moves: moves.slice(0, shownInBody),
    moreMoves: Math.max(0, moves.length - shownInBody),
    log: log.length > 1 ? log.slice(-shownInBody).map(toLine) : [],
    revision: source.revision,
    pull: source.pull?.number,
    pullTitle: source.pull?.title,
    author: source.pull?.author.login,
    since: source.at,
  }
}

function toLine({ revision, pull, at }: Attestation): PromotionView['parts'][number]['log'][number] {
  return { revision, pull: pull?.number, pullTitle: pull?.title, author: pull?.author.login, since: at }
}
