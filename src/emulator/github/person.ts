import type { Sha } from '../../domain/refs.ts'
import { ApiError } from './api-error.ts'
import { enableAutoMerge } from './auto-merge.ts'
import { rerequestRun, requestAction } from './checks.ts'
import {
  addComment,
  addReview,
  deleteComment,
  dismissReview,
  editComment,
  type ReviewEvent,
} from './conversation.ts'
import type { Files } from './git-store.ts'
import type { Doer, Hub } from './hub.ts'
import { mergePull, personOf } from './merge.ts'
import { hasPermission } from './permissions.ts'
import { enqueuePull } from './merge-queue.ts'
import { pushRefusal } from './protection.ts'
import { editPull, openPull, setDraft, type PullChanges } from './pulls.ts'
import { afterRefsMoved } from './refs.ts'
import type { CheckRun, IssueComment, MergeMethod, Pull, QueuePlace, Repository, Review } from './state.ts'
import { inTurn } from './turns.ts'

/** What a person does with a mouse and a keyboard. Refusals are GitHub's own. */
export interface Person {
  login: string
  /** For git and REST. */
  token: string
  /** A commit with the files on the branch (null deletes); a new branch starts at `parent`, else at the default branch. */
  push(
    repository: Repository,
    branch: string,
    files: Files,
    message: string,
    options?: PushOptions,
  ): Promise<Sha>
  deleteBranch(repository: Repository, branch: string): Promise<void>
  openPull(wanted: {
    repository: Repository
    head: string
    base?: string
    title: string
    body?: string
    isDraft?: boolean
  }): Promise<Pull>
  editPull(pull: Pull, changes: PullChanges): Promise<void>
  closePull(pull: Pull): Promise<void>
  setDraft(pull: Pull, isDraft: boolean): void
  comment(pull: Pull, body: string): IssueComment
  editComment(comment: IssueComment, body: string): void
  deleteComment(comment: IssueComment): void
  approve(pull: Pull, body?: string): Review
  review(pull: Pull, event: ReviewEvent, body: string): Review
  dismiss(review: Review, message: string): void
  /** `sha`: the head that was looked at. */
  merge(pull: Pull, method?: MergeMethod, sha?: Sha): Promise<Sha>
  /** Asks GitHub to merge it as soon as the rules of the branch let it. */
  enableAutoMerge(pull: Pull, method?: MergeMethod): void
  /** Puts it into the merge queue; GitHub merges it when the required checks passed on the commit that comes of it. */
  enqueue(pull: Pull): Promise<QueuePlace>
  rerequest(run: CheckRun): void
  pressButton(run: CheckRun, identifier: string): void
}

export interface PushOptions {
  parent?: Sha
  /** Replaces what is on the branch. */
  force?: boolean
  author?: { name: string; email: string }
}

export function createPerson(hub: Hub, doer: Doer): Person {
  const may = (repository: Repository, permission: 'read' | 'write') => {
    if (!hasPermission(repository, doer.account, permission)) {
      throw new ApiError(
        permission === 'read' ? 404 : 403,
        permission === 'read' ? 'Not Found' : 'Must have push access to repository',
      )
    }
  }
  const seen = (pull: Pull) => {
    may(pull.repository, 'read')
    return pull
  }

  return {
    login: doer.account.login,
    token: doer.account.token,
    push(repository, branch, files, message, options = {}) {
      may(repository, 'write')
      return pushFiles(hub, repository, branch, files, message, options, doer)
    },
    async deleteBranch(repository, branch) {
      may(repository, 'write')
      await inTurn(repository, async () => {
        const ref = `refs/heads/${branch}`
        const before = await hub.git.resolve(repository.folder, ref)
        if (!before || !(await hub.git.updateRef(repository.folder, ref, before, undefined))) return
        await afterRefsMoved(hub, repository, [{ ref, before, after: undefined }], doer)
      })
    },
    async openPull({ repository, base, ...wanted }) {
      may(repository, 'read')
      return openPull(hub, repository, { ...wanted, base: base ?? repository.defaultBranch }, doer)
    },
    editPull: (pull, changes) => editPull(hub, seen(pull), changes, doer),
    closePull: (pull) => editPull(hub, seen(pull), { state: 'closed' }, doer),
    setDraft: (pull, isDraft) => setDraft(hub, seen(pull), isDraft, doer),
    comment: (pull, body) => addComment(hub, seen(pull), body, doer),
    editComment: (comment, body) => editComment(hub, comment, body, doer),
    deleteComment: (comment) => deleteComment(hub, comment, doer),
    approve: (pull, body = '') => addReview(hub, seen(pull), { event: 'APPROVE', body }, doer),
    review: (pull, event, body) => addReview(hub, seen(pull), { event, body }, doer),
    dismiss: (review, message) => dismissReview(hub, review, message, doer),
    merge: (pull, method = 'squash', sha) => mergePull(hub, seen(pull), { method, sha }, doer),
    enableAutoMerge(pull, method = 'squash') {
      may(pull.repository, 'write')
      enableAutoMerge(hub, pull, method, doer)
    },
    enqueue: (pull) => enqueuePull(hub, seen(pull), doer),
    rerequest: (run) => rerequestRun(hub, run, doer),
    pressButton: (run, identifier) => requestAction(hub, run, identifier, doer),
  }
}

/** A push as git would make it, with the branch's protection. */
export function pushFiles(
  hub: Hub,
  repository: Repository,
  branch: string,
  files: Files,
  message: string,
  options: PushOptions,
  doer: Doer,
): Promise<Sha> {
  return inTurn(repository, async () => {
    const ref = `refs/heads/${branch}`
    const before = await hub.git.resolve(repository.folder, ref)
    const refusal = before ? pushRefusal(repository, branch, doer) : undefined
    if (refusal) throw new ApiError(403, `Protected branch update failed for ${ref}. ${refusal}`)
    const start =
      options.parent ??
      before ??
      (await hub.git.resolve(repository.folder, `refs/heads/${repository.defaultBranch}`))
    if (options.parent && before && !options.force && options.parent !== before) {
      throw new ApiError(422, 'Update is not a fast forward')
    }
    const author = options.author ?? personOf(doer.account)
    const text = { message, author, committer: personOf(doer.account), at: hub.clock.now() }
    const after = await hub.git.commitFiles(repository.folder, start, text, files)
    if (!(await hub.git.updateRef(repository.folder, ref, before, after)))
      throw new ApiError(422, 'Update is not a fast forward')
    await afterRefsMoved(hub, repository, [{ ref, before, after }], doer)
    return after
  })
}
