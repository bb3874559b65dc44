import type { Command } from '../../features/commands/command.ts'
import { type CommandAnswer, type CommandContext, done, failed } from './command-answer.ts'
import type { Ports } from '../ports.ts'

/**
 * A person accepts that the base branch was force-pushed. Nothing is released by it: the environment looks from the last
 * commit that both histories share, so that every commit since is judged like a new one.
 */
export async function obeyResume(
  ports: Ports,
  context: CommandContext,
  command: Extract<Command, { verb: 'resume' }>,
): Promise<CommandAnswer> {
  const { tip, pull, actor } = context
  const { repository } = pull.ref
  const { environment, reason } = command
  const state = await ports.ledger.read(repository, environment)
  if (state?.trust !== 'trusted' || !state.seen) {
    const words = `there is no environment "${environment}" with a rendered ref of ours`
    return failed(ports, context, words, 'the check drawbridge/environments says what to do')
  }
  const { branch, revision } = state.seen
  if (await tip.git.isAncestor(revision, tip.sha))
    return failed(ports, context, `${environment} does not stand still`, '/status shows what is in force')
  const parted = await tip.git.mergeBase(revision, tip.sha)
  if (!parted) {
    const words = `the new history of ${branch} shares no commit with the old one`
    return failed(ports, context, words, `push ${revision} back to ${branch}`)
  }
  const summary = `${environment} goes on from ${parted.slice(0, 12)}, where the histories part: ${reason}`
  const now = ports.clock.now()
  return done(ports, context, summary, [
    {
      kind: 'commit-ledger',
      repository,
      environment,
      expected: state.commit,
      change: { releases: [], removed: [], seen: { branch, revision: parted } },
      message: `resume ${environment}: @${actor.login} accepts the history of ${branch}: ${reason}`,
    },
    { kind: 'enqueue', work: { kind: 'record-merge', repository }, due: now },
  ])
}
