import { createHash } from 'node:crypto'
import type { Hub } from '../hub.ts'
import type { Pull, Repository } from '../state.ts'

/** A text that is another one whenever a page of the repository may look different. Reads memory alone. */
export function versionOf(hub: Hub, repository: Repository | undefined): string {
  const seen = repository ? repositoryState(repository) : hub.state.repositories.map(repositoryState)
  const text = JSON.stringify([hub.state.lastId, seen])
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

function repositoryState(repository: Repository) {
  const runs = repository.runs.map((run) => [
    run.id,
    run.status,
    run.conclusion,
    run.output,
    run.annotations.length,
  ])
  const deployments = repository.deployments.map((each) => [each.id, each.updatedAt, each.statuses.length])
  return [
    repository.id,
    repository.pushedAt,
    [...repository.pulls.values()].map(pullState),
    runs,
    repository.statuses.length,
    deployments,
  ]
}

function pullState(pull: Pull) {
  return [
    pull.number,
    pull.title,
    pull.state,
    pull.isDraft,
    pull.headSha,
    pull.baseSha,
    pull.mergeability,
    pull.updatedAt,
    pull.body,
    pull.timeline.length,
    pull.comments.map((comment) => [comment.id, comment.body, comment.reactions.length]),
    pull.reviews.map((review) => [review.id, review.state]),
    [...pull.labels].map((label) => label.name),
    [...pull.requestedUsers, ...pull.requestedTeams].map((each) => each.id),
  ]
}
