import type { Action } from '../../domain/action.ts'
import type { PullMark } from '../../domain/pull.ts'
import { type Instant, pullKey, type PullRef, type RepositoryRef } from '../../domain/refs.ts'
import type { GateName } from '../../domain/verdict.ts'
import { checkButtons, gateButtons } from '../../features/review/check-buttons.ts'
import { hasTurned } from '../../features/review/decide-review.ts'
import {
  isAsSeen,
  type StandingReview,
  type Turn,
  turned,
  type TurnFacts,
  turnOrder,
  turnWindow,
} from '../../features/review/standing-review.ts'
import { aggregateName } from '../../features/review/unjudged-check.ts'
import { verdictChecks } from '../../features/review/verdict-checks.ts'
import { dashboardPage, gatherControls } from './gather-review-facts.ts'
import { readTeams } from './gather-people.ts'
import { perform } from '../perform/perform.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { readTip } from '../repository/read-configuration.ts'

/** Looks at pull requests follow a turn at this distance, a few seconds from each other: the checks go first. */
const firstLookMs = 60_000
const betweenLooksMs = 2_000
const spreadOver = 150

/**
 * A window opens or closes, somebody freezes or lifts a freeze: the window gate of every open pull request is asked again
 * from what its last look found, and the checks that say something else now are written together. What would open is opened
 * only where nothing else has changed since that look; everything else is looked at.
 */
export async function turnWindows(ports: Ports, repository: RepositoryRef): Promise<JourneyOutcome> {
  // Before anything is read, as in a look.
  const now = ports.clock.now()
  const tip = await readTip(ports, repository, { fetch: true })
  if (!tip) return { outcome: 'empty-repository', actions: 0 }
  const { configuration, branch, sha } = tip
  const facts = { configuration, base: sha, ...(await gatherControls(ports, repository, configuration)) }
  const marks = (await ports.github.openPullMarks(repository)).filter(
    ({ baseBranch }) => baseBranch === branch,
  )
  const due = await readStandings(ports, repository, marks)
  const turns = due.map(({ standing, mark }) => ({ standing, mark, turn: turnWindow(standing, facts, now) }))
  const changed = turns.filter(({ turn }) => turn.verdicts !== undefined)
  const seen = await whichAreAsSeen(ports, repository, facts, changed)
  if (turns.some(({ turn }) => hasTurned(turn, ports.clock.now())))
    return { outcome: 'turned-meanwhile', actions: 0, next: ports.clock.now() }
  const ready = changed
    .filter((each) => !each.turn.opens || seen.has(each))
    .toSorted((left, right) => compare(orderOf(left, facts), orderOf(right, facts)))
  const actions = await perform(ports, [
    ...ready.flatMap(({ standing, turn }) => checksOf(ports, repository, standing, turn, facts)),
    ...changed
      .filter((each) => each.turn.opens && !seen.has(each))
      .map(({ mark }) => look(ports, repository, mark)),
  ])
  for (const { standing } of ready) await keepStanding(ports, repository, turned(standing, facts, now))
  const times = turns.flatMap(({ turn }) => turn.next ?? [])
  return {
    outcome: actions > 0 ? 'turned' : 'unchanged',
    actions,
    ...(times.length > 0 && { next: Math.min(...times) }),
  }
}

/** When a pull request is looked at that has turned: after the checks of all are written. */
export function lookAfterTurn(boundary: Instant, { number }: PullRef): Instant {
  return boundary + firstLookMs + (number % spreadOver) * betweenLooksMs
}

export function keepStanding(
  { store, clock }: Ports,
  repository: RepositoryRef,
  standing: StandingReview,
): Promise<void> {
  const key = standingKey({ repository, number: standing.mark.number })
  return store.cache.put(key, Buffer.from(JSON.stringify(standing)), clock.now())
}

/** What the last look found no longer holds, and no turn may open by it: the next look says what does. */
export function dropStanding({ store, clock }: Ports, pull: PullRef): Promise<void> {
  return store.cache.put(standingKey(pull), new Uint8Array(), clock.now())
}

/** Under it the store keeps what the last look at a pull request found. */
export function standingKey(pull: PullRef): string {
  return `standing/${pullKey(pull)}`
}

/** What a turn can change: the other gates have not been asked. */
const turning = [aggregateName, `${aggregateName}/${'window' satisfies GateName}`]

interface Due {
  standing: StandingReview
  mark: PullMark
}

/** Of the heads that are there now: another head has a look of its own. */
async function readStandings(
  { store }: Ports,
  repository: RepositoryRef,
  marks: readonly PullMark[],
): Promise<Due[]> {
  const found: Due[] = []
  for (const mark of marks) {
    const kept = await store.cache.get(standingKey({ repository, number: mark.number }))
    if (!kept || kept.length === 0) continue
    const standing = JSON.parse(Buffer.from(kept).toString('utf8')) as StandingReview
    if (standing.mark.headSha === mark.headSha) found.push({ standing, mark })
  }
  return found
}

/** People and teams are asked about once, however many pull requests they had to do with. */
async function whichAreAsSeen<Each extends Due & { turn: Turn }>(
  ports: Ports,
  repository: RepositoryRef,
  facts: TurnFacts,
  changed: readonly Each[],
): Promise<Set<Each>> {
  const opening = changed.filter(({ turn }) => turn.opens)
  const people = new Map(
    opening.flatMap(({ standing }) => standing.reviewers.map(({ actor }) => [actor.id, actor])),
  )
  const permissions = await Promise.all(
    [...people.values()].map(
      async (actor) => [actor.id, await ports.github.permission(repository, actor)] as const,
    ),
  )
  const teams = await readTeams(
    ports,
    opening.flatMap(({ standing }) => Object.keys(standing.teams)),
  )
  const now = { permissions: new Map(permissions), teams }
  return new Set(opening.filter(({ standing, mark }) => isAsSeen(standing, facts, { ...now, mark })))
}

function checksOf(
  ports: Ports,
  repository: RepositoryRef,
  { mark, change }: StandingReview,
  { verdicts = [] }: Turn,
  { configuration }: TurnFacts,
): Action[] {
  const changed = new Set(change.targets.map(({ environment }) => environment))
  const checks = verdictChecks((name, view) => ports.words.write(name, view), {
    sha: mark.headSha,
    verdicts,
    findings: [],
    buttons: checkButtons(configuration, changed),
    gateButtons: (verdict) => gateButtons(configuration, verdict),
    detailsUrl: dashboardPage(ports, { ref: { repository, number: mark.number } }),
  })
  return checks
    .filter(({ name }) => turning.includes(name))
    .map((check) => ({ kind: 'publish-check', repository, check }))
}

function look(ports: Ports, repository: RepositoryRef, { number }: PullMark): Action {
  return {
    kind: 'enqueue',
    work: { kind: 'review-pull', pull: { repository, number } },
    due: ports.clock.now(),
  }
}

function orderOf({ standing, turn }: { standing: StandingReview; turn: Turn }, { configuration }: TurnFacts) {
  return turnOrder(standing, turn, configuration)
}

function compare(left: readonly number[], right: readonly number[]): number {
  const index = left.findIndex((value, at) => value !== right[at])
  return index < 0 ? 0 : (left[index] ?? 0) - (right[index] ?? 0)
}
