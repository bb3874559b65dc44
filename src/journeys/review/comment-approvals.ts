import type { Review } from '../../domain/pull.ts'
import type { PullRef } from '../../domain/refs.ts'
import { parseCommand } from '../../features/commands/parse-command.ts'
import type { Ports } from '../ports.ts'

const prefix = 'comment-'

/** The id under which an approval by comment is recorded, beside those of reviews. */
export function commentReviewId(commentId: string): string {
  return `${prefix}${commentId}`
}

/** Approvals by comment whose comments still stand as they were written. */
export async function readCommentApprovals(
  { github }: Pick<Ports, 'github'>,
  pull: PullRef,
  recorded: readonly { id: string; sha: string }[],
): Promise<Review[]> {
  const approvals = await Promise.all(
    recorded
      .filter(({ id }) => id.startsWith(prefix))
      .map(async ({ id, sha }): Promise<Review | undefined> => {
        const comment = await github.comment(pull, id.slice(prefix.length))
        if (!comment || comment.isEdited || comment.author.isBot) return undefined
        const parsed = parseCommand(comment.body)
        if (parsed.kind !== 'command' || parsed.command.verb !== 'approve') return undefined
        const { environments } = parsed.command
        return {
          id,
          author: comment.author,
          state: 'approved',
          sha,
          at: comment.createdAt,
          isByComment: true,
          ...(environments.length > 0 && { environments }),
        }
      }),
  )
  return approvals.flatMap((approval) => approval ?? [])
}
