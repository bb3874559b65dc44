import { aggregateName } from '../../features/review/unjudged-check.ts'
import { type CommandAnswer, type CommandContext, done, failed } from './command-answer.ts'
import { approvedThen } from '../review/approved-then.ts'
import { commentReviewId } from '../review/comment-approvals.ts'
import { gatherReviewFacts } from '../review/gather-review-facts.ts'
import type { Ports } from '../ports.ts'

/**
 * An approval by comment counts as an approving review would, for the environments that it names. It is bound to what the
 * head rendered when it was written: a head that came later was not seen by whoever wrote it.
 */
export async function obeyApprove(ports: Ports, context: CommandContext): Promise<CommandAnswer> {
  const { pull, comment, places } = context
  if (places.length === 0) {
    return failed(
      ports,
      context,
      'it changes nothing in the environments named',
      '/diff shows what it changes where',
    )
  }
  // The aggregate begins before the head is rendered; a gate's check is there when there was something to be seen.
  const check = (await ports.github.checks(pull.ref.repository, pull.headSha)).find(
    ({ name }) => name === `${aggregateName}/render`,
  )
  if (!check || check.startedAt > comment.createdAt) {
    const reason = `the head ${pull.headSha.slice(0, 7)} is newer than what you saw when you wrote this`
    return failed(ports, context, reason, 'look at the diff again, and repeat the command')
  }
  const repository = await ports.repository(pull.ref.repository)
  const merged = await repository.mergeTree(pull.baseSha, pull.headSha)
  if ('conflicts' in merged) {
    return failed(
      ports,
      context,
      `it conflicts with ${pull.baseBranch}`,
      'approve when the conflicts are gone',
    )
  }
  const facts = await gatherReviewFacts(ports, pull, { base: pull.baseSha, head: merged.tree })
  await ports.store.reviews.record(pull.ref, {
    id: commentReviewId(comment.id),
    sha: pull.headSha,
    digests: await approvedThen(ports, facts, pull.baseSha, comment.createdAt),
    at: comment.createdAt,
  })
  const environments = [...new Set(places.map(({ environment }) => environment))]
  const summary = `approved ${pull.headSha.slice(0, 7)} for ${environments.join(', ')}`
  return done(ports, context, summary, [
    { kind: 'enqueue', work: { kind: 'review-pull', pull: pull.ref }, due: ports.clock.now() },
  ])
}
