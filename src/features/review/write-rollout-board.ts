import type { ReleasePhase } from '../../domain/release.ts'
import type { BoardRow, BoardView, Write } from './review-view.ts'
import { clip, commentLimit, reviewMarker } from './write-review-comment.ts'

const phases: Record<ReleasePhase, { icon: string; word: string }> = {
  pending: { icon: '⚪', word: 'waiting' },
  applying: { icon: '🔵', word: 'applying' },
  progressing: { icon: '🔵', word: 'rolling out' },
  healthy: { icon: '🟢', word: 'healthy' },
  degraded: { icon: '🔴', word: 'degraded' },
  refused: { icon: '⛔', word: 'refused' },
  unreachable: { icon: '🟠', word: 'unreachable' },
}

const failed = new Set<ReleasePhase>(['degraded', 'refused', 'unreachable'])

/** The same comment after the merge: how far the roll-out is, per cluster, and why it stands where it does. */
export function writeRolloutBoard(write: Write, view: BoardView): string {
  for (const rows of [500, 100, 20]) {
    const body = write('comment/board', toBoard(view, rows))
    if (body.length <= commentLimit) return body
  }
  return write('comment/board', toBoard(view, 0))
}

function toBoard(view: BoardView, limit: number) {
  const drifted = view.rows.flatMap(({ drift, ...row }) => (drift ? [{ ...row, drift }] : []))
  const rows = urgentFirst(view.rows).slice(0, limit)
  return {
    marker: reviewMarker,
    headline: toHeadline(view.rows),
    title: clip(view.title, 200),
    revision: view.revision.slice(0, 7),
    counts: Object.entries(phases).flatMap(([phase, { word }]) => {
      const count = view.rows.filter((row) => row.phase === phase).length
      return count > 0 ? [`${count} ${word}`] : []
    }),
    hasWaves: new Set(view.rows.map(({ wave }) => wave)).size > 1,
    rows: rows.map(toRow),
    more: view.rows.length - rows.length,
    drifts: drifted.slice(0, 20).map(({ application, environment, cluster, drift }) => ({
      where: `${application} in ${environment} on ${cluster}`,
      object: drift.object,
      fields: drift.fields.slice(0, 10),
      manager: drift.manager,
      at: drift.at,
      isHealed: drift.healed,
      count: drift.count,
    })),
    notes: view.notes.slice(0, 20).map((note) => clip(note)),
    dashboard: view.links.dashboard,
  }
}

/** What failed is seen even where the list is cut. The order of places stays otherwise. */
function urgentFirst(rows: readonly BoardRow[]): BoardRow[] {
  return [...rows.filter(({ phase }) => failed.has(phase)), ...rows.filter(({ phase }) => !failed.has(phase))]
}

function toHeadline(rows: readonly BoardRow[]): { icon: string; title: string } {
  const is = (phase: ReleasePhase) => rows.filter((row) => row.phase === phase).length
  const bad = rows.filter(({ phase }) => failed.has(phase)).length
  if (bad > 0) return { icon: '🔴', title: `Merged; ${bad} of ${rows.length} places failed` }
  if (rows.length > 0 && is('healthy') === rows.length) {
    return {
      icon: '🟢',
      title: `Rolled out and healthy in ${rows.length === 1 ? 'its place' : `all ${rows.length} places`}`,
    }
  }
  return { icon: '🔵', title: `Rolling out: ${is('healthy')} of ${rows.length} places healthy` }
}

function toRow(row: BoardRow) {
  const { icon, word } = phases[row.phase]
  return { ...row, icon, phase: word, reason: clip(row.reason, 300), isDrifted: row.drift !== undefined }
}
