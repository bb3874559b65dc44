import type { ReleasePhase } from '../../domain/release.ts'
import { fightingCount } from '../drift/heal-delay.ts'
import type { BoardRow, BoardView, Write } from './review-view.ts'
import { clip, commentLimit, sizeOf } from './comment-size.ts'
import { reviewMarker } from './write-review-comment.ts'

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

/** How many rows and further items are shown, and how much of each text, until the comment fits. */
const ladder = [
  { rows: 500, items: 20, text: 300 },
  { rows: 100, items: 20, text: 300 },
  { rows: 20, items: 10, text: 200 },
  { rows: 3, items: 2, text: 100 },
]

type Rung = (typeof ladder)[number]

/** The same comment after the merge: how far the roll-out is, per cluster, and why it stands where it does. */
export function writeRolloutBoard(write: Write, view: BoardView): string {
  let body = ''
  for (const rung of ladder) {
    body = write('comment/board', toBoard(view, rung))
    if (sizeOf(body) <= commentLimit) break
  }
  return body
}

function toBoard(view: BoardView, rung: Rung) {
  const rows = urgentFirst(view.rows).slice(0, rung.rows)
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
    rows: rows.map((row) => toRow(row, rung)),
    more: view.rows.length - rows.length,
    drifts: listDrifts(view.rows, rung),
    notes: view.notes.slice(0, rung.items).map((note) => clip(note, rung.text)),
    dashboard: view.links.dashboard,
  }
}

function listDrifts(rows: readonly BoardRow[], { items, text }: Rung) {
  return rows
    .flatMap(({ drift, ...row }) =>
      drift ? [drift, ...(drift.others ?? [])].map((one) => ({ ...row, drift: one })) : [],
    )
    .slice(0, items)
    .map(({ application, environment, cluster, drift }) => ({
      where: clip(`${application} in ${environment} on ${cluster}`, text),
      object: clip(drift.object, text),
      fields: drift.fields.slice(0, items).map((field) => clip(field, 100)),
      manager: drift.manager && clip(drift.manager, 100),
      at: drift.at,
      isHealed: drift.healed,
      isReportOnly: drift.isReportOnly === true,
      isFight: drift.count >= fightingCount,
      count: drift.count,
    }))
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

function toRow({ application, environment, cluster, ...row }: BoardRow, { text }: Rung) {
  const { icon, word } = phases[row.phase]
  return {
    ...row,
    application: clip(application, 120),
    environment: clip(environment, 120),
    cluster: clip(cluster, 120),
    icon,
    phase: word,
    reason: clip(row.reason, text),
    isDrifted: row.drift !== undefined,
  }
}
