import type { Pull } from '../../domain/pull.ts'
import { targetKey } from '../../domain/refs.ts'
import type { BoardRow, BoardView } from '../../features/review/review-view.ts'
import { boardRows } from '../../features/rollout/board-rows.ts'
import { overrideNotes } from '../../features/rollout/override-notes.ts'
import { reviewMarker } from '../../features/review/write-review-comment.ts'
import { writeRolloutBoard } from '../../features/review/write-rollout-board.ts'
import { dashboardPage } from './gather-review-facts.ts'
import { perform } from '../perform/perform.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { readOwnComment } from './read-own-comment.ts'
import { readTip } from '../repository/read-configuration.ts'

/** After the merge the same comment becomes the roll-out board: per cluster what was applied, and how it is. */
export async function showRollout(ports: Ports, pull: Pull): Promise<JourneyOutcome> {
  const repository = pull.ref.repository
  const tip = await readTip(ports, repository, { fetch: false })
  if (!tip?.configuration.isConfigured) return { outcome: 'not-configured', actions: 0 }
  const states = await Promise.all(
    tip.configuration.environments.map(({ name }) => ports.ledger.read(repository, name)),
  )
  const releases = await ports.store.releases.list(repository)
  const rows = boardRows(
    pull.ref.number,
    tip.configuration.environments,
    states.flatMap((state) =>
      state
        ? [{ environment: state.environment, attestations: state.attestations, rollouts: state.rollouts }]
        : [],
    ),
    new Map(releases.map(({ release }) => [targetKey(release.target), release])),
  )
  // Another change has taken every place of this one: what the board said last stays as history.
  if (rows.length === 0) return { outcome: 'superseded', actions: 0 }
  const notes = overrideNotes(
    pull.ref.number,
    states.flatMap((state) => state?.attestations ?? []),
  )
  return publish(ports, pull, rows, notes)
}

async function publish(ports: Ports, pull: Pull, rows: BoardRow[], notes: string[]): Promise<JourneyOutcome> {
  const view: BoardView = {
    title: pull.title,
    revision: pull.mergeSha ?? pull.headSha,
    rows,
    notes,
    links: { dashboard: dashboardPage(ports, pull) },
  }
  const body = writeRolloutBoard((name, values) => ports.words.write(name, values), view)
  const published = await readOwnComment(ports, pull.ref)
  if (published?.body === body) return { outcome: 'unchanged', actions: 0 }
  const actions = await perform(ports, [
    { kind: 'upsert-comment', pull: pull.ref, marker: reviewMarker, body },
  ])
  return { outcome: 'published', actions }
}
