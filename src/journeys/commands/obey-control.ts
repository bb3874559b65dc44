import type { Action } from '../../domain/action.ts'
import { toInstant } from '../../features/commands/command.ts'
import { changeControls } from '../../features/release/change-controls.ts'
import { type CommandAnswer, type CommandContext, done, failed } from './command-answer.ts'
import { newestAttestation } from '../../features/attestation/newest-attestation.ts'
import type { Instant, RepositoryRef, Revision } from '../../domain/refs.ts'
import type { LedgerState } from '../../ports/ledger.ts'
import type { Command } from '../../features/commands/command.ts'
import type { Ports } from '../ports.ts'
import { releasesOn } from '../repository/releases-on.ts'

/** Freezes, locks, pins, holds, overrides and consents are records on the rendered ref of each environment they concern. */
export async function obeyControl(ports: Ports, context: CommandContext): Promise<CommandAnswer> {
  const { places } = context
  const environments = [...new Set(places.map(({ environment }) => environment))]
  if (environments.length === 0) {
    return failed(
      ports,
      context,
      'this pull request changes nothing that runs',
      '/diff shows what it renders',
    )
  }
  const now = ports.clock.now()
  const actions: Action[] = []
  const summaries: string[] = []
  const refusals: string[] = []
  for (const environment of environments) {
    const step = await change(ports, context, environment, now)
    if (step.kind === 'refused') refusals.push(step.reason)
    else {
      actions.push(step.action, ...step.looks)
      summaries.push(step.summary)
    }
  }
  if (actions.length === 0) {
    return failed(ports, context, [...new Set(refusals)].join('; '), '/status shows what is in force')
  }
  actions.push(
    { kind: 'enqueue', work: { kind: 'turn-windows', repository: context.pull.ref.repository }, due: now },
    { kind: 'enqueue', work: { kind: 'review-pull', pull: context.pull.ref }, due: now },
    { kind: 'enqueue', work: { kind: 'sweep', repository: context.pull.ref.repository }, due: now },
  )
  const [summary = '', ...more] = [...new Set(summaries)]
  return done(ports, context, summary, actions, [...more, ...refusals])
}

async function change(
  ports: Ports,
  { pull, actor, command, places }: CommandContext,
  environment: string,
  now: number,
): Promise<Step> {
  const { repository, number } = pull.ref
  const state = await ports.ledger.read(repository, environment)
  if (state?.trust !== 'trusted') {
    return { kind: 'refused', reason: `there is no environment "${environment}" with a rendered ref of ours` }
  }
  const until = 'until' in command && command.until ? toInstant(command.until, now) : undefined
  const applications = places
    .filter((place) => place.environment === environment)
    .map(({ application }) => application)
  const changed = changeControls(state, command, {
    actor,
    at: now,
    until,
    pull: { number, head: pull.headSha },
    applications,
    ...(command.verb === 'pin' && { previous: await revisionBefore(ports, repository, state, command) }),
  })
  if (changed.kind === 'unchanged') return { kind: 'refused', reason: changed.reason }
  const action: Action = {
    kind: 'commit-ledger',
    repository,
    environment,
    expected: state.commit,
    change: { releases: [], removed: [], controls: changed.controls },
    message: `${command.verb} ${environment}: ${changed.summary}`,
  }
  const looks = looksAgain(repository, command, state, now)
  return { kind: 'changed', action, looks, summary: changed.summary }
}

/** What an application ran in an environment before it ran what it runs now. */
async function revisionBefore(
  ports: Ports,
  repository: RepositoryRef,
  { attestations }: LedgerState,
  { application }: Extract<Command, { verb: 'pin' | 'hold' }>,
): Promise<Revision | undefined> {
  const running = newestAttestation(attestations, application)
  const history = running ? await releasesOn(ports, repository, running.target) : []
  return history.find(({ attestation }) => attestation.digest !== running?.digest)?.attestation.revision
}

type Step =
  { kind: 'changed'; action: Action; looks: Action[]; summary: string } | { kind: 'refused'; reason: string }

/** What is left alone, or no longer, is looked at at once where this app serves the cluster; agents see it by themselves. */
function looksAgain(
  repository: RepositoryRef,
  command: Command,
  { attestations }: LedgerState,
  now: Instant,
): Action[] {
  if (command.verb !== 'pause' && command.verb !== 'unpause') return []
  const { application } = command
  const targets = attestations
    .map(({ target }) => target)
    .filter((target) => application === undefined || target.application === application)
  return targets.map((target) => ({
    kind: 'enqueue',
    work: { kind: 'reconcile-target', repository, target },
    due: now,
  }))
}
