import { clip } from '../review/comment-size.ts'
import type { DivergenceView, PromotionView } from '../review/review-view.ts'
import type { Culprit, Divergence, Divergences } from './find-divergence.ts'

/** Where in git a release's change was made. */
export interface CulpritEdit {
  commit: string
  author: string
  files: string[]
}

export type ShownDivergences = Pick<PromotionView['parts'][number], 'differs' | 'overwrites'>

/** More than people read; the first comment of the pull request shows what changes in full. */
const mostShown = 15
const mostFiles = 3

/** The changes that are named, each once. */
export function culpritsShown({ stays, overwritten }: Divergences): Culprit[] {
  const shown = [stays, overwritten].flatMap((list) => list.slice(0, mostShown)).flatMap(({ by }) => by)
  return [...new Map(shown.map((culprit) => [culprit.attestation.revision, culprit])).values()]
}

/** As much of it as people read. `edits` by the revision of the release. */
export function showDivergence(
  { stays, overwritten }: Divergences,
  { source, target }: { source: string; target: string },
  edits: ReadonlyMap<string, CulpritEdit>,
): ShownDivergences {
  const show = (divergences: readonly Divergence[], before: string, after: string): DivergenceView => {
    const rows = divergences.slice(0, mostShown).map((divergence) => toRow(divergence, edits))
    return { before, after, rows, more: divergences.length - rows.length }
  }
  return {
    ...(stays.length > 0 && { differs: show(stays, source, target) }),
    ...(overwritten.length > 0 && { overwrites: show(overwritten, 'now', 'after') }),
  }
}

function toRow({ difference, by }: Divergence, edits: ReadonlyMap<string, CulpritEdit>) {
  const { object, field, before, after } = difference
  return {
    object: clip(object, 120),
    field: clip(field, 120),
    ...(before !== undefined && { before: clip(before, 60) }),
    ...(after !== undefined && { after: clip(after, 60) }),
    by: by.map((culprit) => toCulprit(culprit, edits.get(culprit.attestation.revision))),
  }
}

function toCulprit({ attestation }: Culprit, edit: CulpritEdit | undefined) {
  const { target, at, revision, pull } = attestation
  const author = pull?.author.login ?? edit?.author
  return {
    environment: target.environment,
    at,
    commit: (edit?.commit ?? revision).slice(0, 12),
    ...(author !== undefined && { author: clip(author, 60) }),
    ...(pull && { pull: pull.number, pullTitle: clip(pull.title, 80) }),
    files: (edit?.files ?? []).slice(0, mostFiles).map((path) => clip(path, 120)),
  }
}
