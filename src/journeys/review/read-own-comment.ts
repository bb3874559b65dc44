import type { PullRef } from '../../domain/refs.ts'
import { reviewMarker } from '../../features/review/write-review-comment.ts'
import type { Ports } from '../ports.ts'

/** Our one status comment. A marker counts only in a comment that we wrote ourselves. */
export async function readOwnComment(
  ports: Ports,
  pull: PullRef,
): Promise<{ id: string; body: string } | undefined> {
  const comments = await ports.github.comments(pull)
  const prefix = `<!-- drawbridge:${reviewMarker} -->`
  return comments.find(({ author, body }) => author.id === ports.self.actor.id && body.startsWith(prefix))
}
