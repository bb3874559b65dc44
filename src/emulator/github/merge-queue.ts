import type { Sha } from '../../domain/refs.ts'
import { ApiError } from './api-error.ts'
import { inBackground, type Doer, type Hub } from './hub.ts'
import { commitMerge, finishMerge } from './merge.ts'
import { hasPermission } from './permissions.ts'
import { webhookCommit } from './present/commit.ts'
import { mergeRefusal, protectionOf, requiredState } from './protection.ts'
import { emitPull } from './pulls.ts'
import { afterRefsMoved } from './refs.ts'
import type { Pull, QueuePlace, Repository } from './state.ts'
import { inTurn } from './turns.ts'

/**
 * A merge queue as far as apps see it: every place has a branch with the commit that the base would become, built on the
 * place before it; the first place is merged when the required checks passed on its commit, and dropped when one failed.
 */
export function enqueuePull(hub: Hub, pull: Pull, doer: Doer): Promise<QueuePlace> {
  const { repository } = pull
  return inTurn(repository, async () => {
    if (!doer.app && !hasPermission(repository, doer.account, 'write'))
      throw new ApiError(403, 'Must have write access')
    if (isQueued(pull)) throw new ApiError(422, 'Pull request is already in the queue')
    const refusal = mergeRefusal(pull, doer, true, true)
    if (refusal) throw new ApiError(405, refusal)
    const place = await addPlace(hub, pull, doer)
    emitPull(hub, pull, 'enqueued', doer)
    return place
  })
}

export function isQueued(pull: Pull): boolean {
  return pull.repository.queue.some((place) => place.pull === pull)
}

async function addPlace(hub: Hub, pull: Pull, doer: Doer): Promise<QueuePlace> {
  const { repository, baseBranch } = pull
  const before = repository.queue.findLast((place) => place.pull.baseBranch === baseBranch)
  const baseSha = before?.headSha ?? (await hub.git.resolve(repository.folder, `refs/heads/${baseBranch}`))
  if (!baseSha) throw new ApiError(405, 'Pull Request is not mergeable')
  const headSha = await commitMerge(hub, pull, baseSha, { method: 'squash' }, doer)
  const branch = `gh-readonly-queue/${baseBranch}/pr-${pull.number}-${baseSha}`
  const place: QueuePlace = { pull, by: doer, baseSha, headSha, branch }
  repository.queue.push(place)
  await moveBranch(hub, place, undefined, headSha)
  await emitGroup(hub, place, 'checks_requested')
  return place
}

/** A check of a commit has come to an end: the queue may go on. */
export function settleQueue(hub: Hub, repository: Repository): void {
  if (repository.queue.length > 0) {
    inBackground(hub, () => inTurn(repository, () => settle(hub, repository)))
  }
}

async function settle(hub: Hub, repository: Repository): Promise<void> {
  for (let place = repository.queue[0]; place; place = repository.queue[0]) {
    const { pull, headSha } = place
    const checks = protectionOf(repository, pull.baseBranch)?.requiredChecks?.checks ?? []
    const states = checks.map(({ context, appId }) => requiredState(repository, headSha, context, appId))
    if (states.includes('failing')) await drop(hub, place)
    else if (states.every((state) => state === 'passed')) await merge(hub, place)
    else return
  }
}

async function merge(hub: Hub, place: QueuePlace): Promise<void> {
  const { repository } = place.pull
  repository.queue.shift()
  const base = `refs/heads/${place.pull.baseBranch}`
  if (!(await hub.git.updateRef(repository.folder, base, place.baseSha, place.headSha))) {
    return drop(hub, place)
  }
  await emitGroup(hub, place, 'destroyed', 'merged')
  await finishMerge(
    hub,
    place.pull,
    { before: place.baseSha, sha: place.headSha, method: 'squash' },
    place.by,
  )
  await moveBranch(hub, place, place.headSha, undefined)
}

/** Leaves the queue; who stood behind is built anew without it. */
async function drop(hub: Hub, place: QueuePlace): Promise<void> {
  const { repository } = place.pull
  const others = repository.queue.filter((each) => each !== place)
  repository.queue.length = 0
  emitPull(hub, place.pull, 'dequeued', place.by, { reason: 'CI_FAILURE' })
  for (const gone of [place, ...others]) {
    await emitGroup(hub, gone, 'destroyed', gone === place ? 'dequeued' : 'invalidated')
    await moveBranch(hub, gone, gone.headSha, undefined)
  }
  for (const other of others) await addPlace(hub, other.pull, other.by)
}

async function moveBranch(
  hub: Hub,
  place: QueuePlace,
  before: Sha | undefined,
  after: Sha | undefined,
): Promise<void> {
  const ref = `refs/heads/${place.branch}`
  const { repository } = place.pull
  await hub.git.updateRef(repository.folder, ref, before, after)
  await afterRefsMoved(hub, repository, [{ ref, before, after }], place.by)
}

async function emitGroup(
  hub: Hub,
  place: QueuePlace,
  action: 'checks_requested' | 'destroyed',
  reason?: 'merged' | 'invalidated' | 'dequeued',
): Promise<void> {
  const { repository, baseBranch } = place.pull
  const [head] = await hub.git.commits(repository.folder, '--max-count=1', place.headSha)
  if (!head) return
  hub.webhooks.emit('merge_group', repository, place.by.account, {
    action,
    ...(reason && { reason }),
    merge_group: {
      head_sha: place.headSha,
      head_ref: `refs/heads/${place.branch}`,
      base_sha: place.baseSha,
      base_ref: `refs/heads/${baseBranch}`,
      head_commit: webhookCommit(head),
    },
  })
}
