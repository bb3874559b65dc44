import type { CheckToPublish, PullToOpen } from '../domain/action.ts'
import type { CheckAnswer } from '../domain/check-answer.ts'
import type { Deployment } from '../domain/deployment.ts'
import type { MergeAnswer, MergeMethod, MergeRules } from '../domain/merge.ts'
import type {
  Comment,
  Permission,
  PublishedCheck,
  Pull,
  PullMark,
  QueueEntry,
  Review,
} from '../domain/pull.ts'
import type { Actor, PullRef, RepositoryRef, Sha } from '../domain/refs.ts'

export interface CheckWrite {
  check: CheckToPublish
  /** The run that we made earlier, where we remember one. */
  knownId: string | undefined
}

export type CheckOutcome = { id: string } | { fault: Error }

/** What the journeys need from GitHub. Every list is complete (all pages) or the call throws. */
export interface GitHub {
  /** Every repository of every installation of ours. */
  repositories(): Promise<(RepositoryRef & { defaultBranch: string; gitUrl: string })[]>
  pull(ref: PullRef): Promise<Pull | undefined>
  openPulls(repository: RepositoryRef): Promise<Pull[]>
  /** All open pull requests, in few requests. */
  openPullMarks(repository: RepositoryRef): Promise<PullMark[]>
  /** The merged pull request whose merge commit this is. */
  pullMergedAs(repository: RepositoryRef, commit: Sha): Promise<Pull | undefined>
  /** The pull request from a branch of the same repository, open ones first. */
  pullFrom(repository: RepositoryRef, branch: string): Promise<Pull | undefined>
  reviews(ref: PullRef): Promise<Review[]>
  /** The accounts behind the commits of a pull request: authors, committers, co-authors that GitHub knows. */
  commitActors(ref: PullRef): Promise<Actor[]>
  /** Whether GitHub calls the commit's signature verified, of whatever kind it is. */
  isVerified(repository: RepositoryRef, sha: Sha): Promise<boolean>
  requestedReviewers(ref: PullRef): Promise<{ users: string[]; teams: string[] }>
  comments(ref: PullRef): Promise<Comment[]>
  comment(ref: PullRef, id: string): Promise<Comment | undefined>
  /** Our own app's check runs on a commit, the newest of each name. */
  checks(repository: RepositoryRef, sha: Sha): Promise<PublishedCheck[]>
  /** What others say of a commit: check runs and commit statuses of these names. Undefined: we may not read them. */
  checkAnswers(
    repository: RepositoryRef,
    sha: Sha,
    names: readonly string[],
  ): Promise<CheckAnswer[] | undefined>
  /** The places of a branch's merge queue that have a commit; empty where there is no queue. */
  mergeQueue(repository: RepositoryRef, baseBranch: string): Promise<QueueEntry[]>
  /** Branches that hold commits of merge queues, and their commits. */
  mergeGroups(repository: RepositoryRef): Promise<{ branch: string; sha: Sha }[]>
  permission(repository: RepositoryRef, actor: Actor): Promise<Permission>
  /** Logins of a team and of the teams below it; undefined where there is no such team. */
  teamMembers(organisation: string, slug: string): Promise<Actor[] | undefined>
  user(login: string): Promise<Actor | undefined>

  /** Creates the comment, or edits the one known by id or found by its marker among our own. */
  upsertComment(
    ref: PullRef,
    marker: string,
    body: string,
    knownId: string | undefined,
  ): Promise<{ id: string }>
  react(ref: PullRef, commentId: string, reaction: 'eyes' | '+1' | '-1' | 'confused'): Promise<void>
  /**
   * Creates each check run, or updates the one of the same name and commit; those of one commit in this order. Answered one
   * by one: what is refused keeps nothing else back.
   */
  publishChecks(repository: RepositoryRef, checks: readonly CheckWrite[]): Promise<CheckOutcome[]>
  requestReviewers(ref: PullRef, users: string[], teams: string[]): Promise<void>
  /** The branch was pushed already; opens the pull request, or finds the open one of the branch. */
  openPull(repository: RepositoryRef, proposal: PullToOpen): Promise<{ number: number; url: string }>
  /** Brings title and body of our own pull request up to date. */
  editPull(ref: PullRef, title: string, body: string): Promise<void>
  /** How the base branch of a pull request takes merges. */
  mergeRules(ref: PullRef): Promise<MergeRules>
  /** Exactly this head, or not at all. */
  mergePull(ref: PullRef, sha: Sha, method: MergeMethod | 'queue', title: string): Promise<MergeAnswer>
  /** Opens an issue, or finds the one with this marker among our own newest. Undefined: we may not, or there are none here. */
  openIssue(
    repository: RepositoryRef,
    marker: string,
    title: string,
    body: string,
  ): Promise<{ id: string; url: string } | undefined>
  /** Creates or finds the deployment of the revision, and gives it its state. Undefined: we may not. */
  publishDeployment(
    repository: RepositoryRef,
    deployment: Deployment,
    knownId: string | undefined,
  ): Promise<{ id: string } | undefined>
  closePull(ref: PullRef): Promise<void>
}
