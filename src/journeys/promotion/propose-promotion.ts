import { createHash } from 'node:crypto'
import type { Action } from '../../domain/action.ts'
import type { PromotionProposal } from '../../domain/proposal.ts'
import type { Actor, RepositoryRef } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import type { Move } from '../../features/promotion/move.ts'
import { promotionConditions } from '../../features/promotion/promotion-conditions.ts'
import { formatProposal } from '../../features/promotion/proposal-trailers.ts'
import { clip, commentLimit, sizeOf } from '../../features/review/comment-size.ts'
import type { DivergenceView, PromotionView } from '../../features/review/review-view.ts'
import type { Ports } from '../ports.ts'
import type { Tip } from '../repository/read-configuration.ts'
import type { PromotionPart } from './settle-promotion.ts'

export interface PromotionToPropose {
  repository: RepositoryRef
  tip: Tip
  to: string
  /** One at least. */
  parts: readonly PromotionPart[]
  requestedBy?: Actor
}

/** Of the branches of promotions. */
export const promotionFolder = 'drawbridge/promote'

/** The branch that a promotion is always on. */
export function promotionBranch(to: string, applications: readonly string[]): string {
  return `${promotionFolder}/${to}/${applications.join('+')}`
}

/** The pull request that performs a promotion, as a value: nothing is written. */
export function proposePromotion(
  ports: Pick<Ports, 'words'>,
  { repository, tip, to, parts, requestedBy }: PromotionToPropose,
): Extract<Action, { kind: 'open-pull' }> {
  const applications = parts.map(({ application }) => application)
  const from = [...new Set(parts.flatMap((part) => part.from))]
  const rule = tip.configuration.environments.find(({ name }) => name === to)?.promotion
  const proposal: PromotionProposal = {
    kind: 'promotion',
    applications,
    from,
    to,
    carries: parts.flatMap(({ carries }) => carries),
    ...(requestedBy && parts.some(({ isStepBack }) => isStepBack) && { holds: true }),
    requestedBy,
  }
  const title = titleOf(to, parts)
  const files = Object.assign({}, ...parts.map((part) => part.files)) as PromotionPart['files']
  const viewOf = (most: number): PromotionView => ({
    to,
    parts: parts.map((part) => toView(part, most)),
    holds: parts.flatMap((part) => holdNote(part, to) ?? []),
    conditions: rule ? promotionConditions(rule, from.join(', ')) : [],
    requestedBy: requestedBy?.login,
    files: Object.keys(files)
      .slice(0, most)
      .map((path) => clip(path, longestName)),
  })
  return {
    kind: 'open-pull',
    repository,
    proposal: {
      branch: promotionBranch(to, applications),
      baseBranch: tip.branch,
      baseSha: tip.sha,
      files,
      commitMessage: `${title}\n\n${formatProposal(proposal)}`,
      title,
      body: fittingBody((most) => ports.words.write('pull/promotion', viewOf(most))),
      isDraft: false,
      labels: [],
    },
  }
}

/** What people should know of how automation goes on with the application. */
export function holdNote({ application, isStepBack, hold }: PromotionPart, to: string): string | undefined {
  const until = `until /unhold ${application} ${to}`
  if (hold) return `${application} is held in ${to} by ${hold.by}, ${until}: ${hold.reason}`
  return isStepBack
    ? `something newer could be promoted: once this is merged, automation promotes ${application} to ${to} no more, ${until}`
    : undefined
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

/** Rows of each list: more than people read; fewer where their texts are so long that GitHub would not take them. */
const rowsShown = [50, 15, 5, 1]
const longestName = 260
const longestValue = 160

function fittingBody(write: (most: number) => string): string {
  for (const most of rowsShown) {
    const body = write(most)
    if (sizeOf(body) <= commentLimit) return body
  }
  return write(0)
}

function toView(part: PromotionPart, most: number): PromotionView['parts'][number] {
  const { application, from, moves, source, log, divergence } = part
  const { differs, overwrites } = divergence ?? {}
  return {
    application,
    from: from.join(', '),
    moves: moves.slice(0, most).map(toMove),
    moreMoves: Math.max(0, moves.length - most),
    log: log.length > 1 && most > 0 ? log.slice(-most).map(toLine) : [],
    revision: source.revision,
    pull: source.pull?.number,
    pullTitle: source.pull && clip(source.pull.title, longestName),
    author: source.pull?.author.login,
    since: source.at,
    ...(differs && { differs: firstRows(differs, most) }),
    ...(overwrites && { overwrites: firstRows(overwrites, most) }),
  }
}

function toMove({ name, before, after }: Move): PromotionView['parts'][number]['moves'][number] {
  return {
    name: clip(name, longestName),
    before: clip(before, longestValue),
    after: clip(after, longestValue),
  }
}

function firstRows(view: DivergenceView, most: number): DivergenceView {
  const rows = view.rows.slice(0, most)
  return { ...view, rows, more: view.more + view.rows.length - rows.length }
}

function toLine({ revision, pull, at }: Attestation): PromotionView['parts'][number]['log'][number] {
  return {
    revision,
    pull: pull?.number,
    pullTitle: pull && clip(pull.title, longestName),
    author: pull?.author.login,
    since: at,
  }
}
