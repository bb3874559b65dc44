import type { Action } from '../domain/action.ts'
import type { Pull } from '../domain/pull.ts'
import type { RepositoryRef, Sha } from '../domain/refs.ts'
import type { Work } from '../domain/work.ts'
import { parseCommand } from '../features/commands/parse-command.ts'
import { answerKey } from './commands/command-answer.ts'
import { dashboardPage } from './review/gather-review-facts.ts'
import { perform } from './perform/perform.ts'
import type { JourneyOutcome, Ports } from './ports.ts'
import { readTip } from './repository/read-configuration.ts'
import { aggregateOf, publishUnjudgedCommit } from './review/unjudged.ts'

/** How often everything is looked at again. A lost webhook costs at most this. */
const sweepIntervalMs = 3 * 60_000

/** Comments older than this are not taken for missed commands. */
const missedCommandMs = 24 * 3_600_000

/** A look takes seconds, a whole repository minutes, retries of an outage longer than anybody should wait for a word. */
const stuckMs = 15 * 60_000

/** Finds everything that a lost webhook would have told: open pull requests, merge queues, the branch, commands, roll-outs, targets, SLOs. */
export async function sweep(ports: Ports, repository: RepositoryRef): Promise<JourneyOutcome> {
  const now = ports.clock.now()
  const pulls = await ports.github.openPulls(repository)
  const groups = await ports.github.mergeGroups(repository)
  const work: Work[] = [
    { kind: 'record-merge', repository },
    ...groups.map(({ branch }): Work => ({ kind: 'judge-group', repository, branch })),
    ...pulls.map((pull): Work => ({ kind: 'review-pull', pull: pull.ref })),
  ]
  for (const pull of pulls) work.push(...(await missedCommands(ports, pull)))
  let actions = 0
  for (const pull of pulls) {
    actions += await concludeStuck(ports, repository, pull.headSha, dashboardPage(ports, pull))
  }
  for (const { sha } of groups) actions += await concludeStuck(ports, repository, sha)
  const tip = await readTip(ports, repository, { fetch: false })
  if (tip?.configuration.isConfigured) {
    work.push({ kind: 'promote-releases', repository }, { kind: 'guard-budgets', repository })
    if (tip.configuration.clusters?.some(({ access }) => access?.kind === 'agent'))
      work.push({ kind: 'notice-silence', repository })
    for (const { name } of tip.configuration.environments) {
      work.push({ kind: 'advance-rollouts', repository, environment: name })
    }
    for (const { release } of await ports.store.releases.list(repository)) {
      const { application, environment } = release.target
      if (release.phase === 'degraded')
        work.push({ kind: 'guard-health', repository, application, environment })
    }
    work.push(
      ...tip.configuration.slos.map(({ application, environment }): Work => ({
        kind: 'guard-slo',
        repository,
        application,
        environment,
      })),
    )
  }
  await perform(
    ports,
    work.map((item): Action => ({ kind: 'enqueue', work: item, due: now })),
  )
  return { outcome: 'swept', actions, next: now + sweepIntervalMs }
}

/** A look that has not ended in all this time closes the gate with that reason; the next one that ends says what it found. */
async function concludeStuck(
  ports: Ports,
  repository: RepositoryRef,
  sha: Sha,
  detailsUrl?: string,
): Promise<number> {
  const check = await aggregateOf(ports, repository, sha)
  if (check?.status !== 'in_progress' || check.startedAt > ports.clock.now() - stuckMs) return 0
  const unjudged = { kind: 'stuck' as const, minutes: stuckMs / 60_000 }
  return publishUnjudgedCommit(ports, repository, sha, unjudged, detailsUrl)
}

/** Commands that were never answered: the reply that ends each is missing. */
async function missedCommands(ports: Ports, pull: Pull): Promise<Work[]> {
  const since = ports.clock.now() - missedCommandMs
  const comments = (await ports.github.comments(pull.ref)).filter(
    ({ author, createdAt, isEdited, body }) =>
      !author.isBot && !isEdited && createdAt > since && parseCommand(body).kind !== 'none',
  )
  const missed: Work[] = []
  for (const { id } of comments) {
    const answered = await ports.store.effects.find(answerKey(pull.ref, id))
    if (answered.state !== 'settled') missed.push({ kind: 'run-command', pull: pull.ref, commentId: id })
  }
  return missed
}
