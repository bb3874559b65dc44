import { ApiError } from './api-error.ts'
import { type Doer, type Hub, inBackground } from './hub.ts'
import { mergePull } from './merge.ts'
import { mergeableStateOf } from './protection.ts'
import { emitPull } from './pulls.ts'
import type { MergeMethod, Pull, Repository } from './state.ts'

/** A person asks GitHub to merge as soon as the branch's rules let it; where they let it already, GitHub refuses. */
export function enableAutoMerge(hub: Hub, pull: Pull, method: MergeMethod, doer: Doer): void {
  if (pull.state === 'closed' || mergeableStateOf(pull) === 'clean')
    throw new ApiError(422, 'Pull request is in clean status')
  pull.autoMerge = { by: doer.account, method }
  emitPull(hub, pull, 'auto_merge_enabled', doer)
}

/** A check has come to an end: what waited for it is merged, behind the answer. */
export function settleAutoMerges(hub: Hub, repository: Repository, sha: string): void {
  for (const pull of repository.pulls.values()) {
    if (pull.state === 'open' && pull.autoMerge && pull.headSha === sha)
      inBackground(hub, () => mergeIfAllowed(hub, pull, pull.autoMerge!))
  }
}

async function mergeIfAllowed(
  hub: Hub,
  pull: Pull,
  { by, method }: NonNullable<Pull['autoMerge']>,
): Promise<void> {
  // Who may bypass the rules by hand does not by this.
  if (mergeableStateOf(pull) === 'blocked') return
  try {
    await mergePull(hub, pull, { method, sha: pull.headSha }, { account: by })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
}
