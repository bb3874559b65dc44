import type { Sha } from './refs.ts'

/** A check run or a commit status, by its name, that has to be green. */
export interface DemandedCheck {
  name: string
  /** Slug of the app that has to have made it, as in `github.com/apps/<slug>`; absent: whoever may write checks or statuses. */
  app?: string
}

/** What one check run, or one commit status, says of a commit. */
export interface CheckAnswer {
  name: string
  kind: 'run' | 'status'
  /** The account that made it; of an app `<slug>[bot]`, which no person can be called. */
  by: string
  /** GitHub's own word: how it ended, or how far it is. */
  says: string
}

export interface CommitChecks {
  sha: Sha
  /**
   * Of the names that are asked for. Of check runs the newest of each suite, since running one again makes another in the
   * same; of commit statuses the newest of each account, newest first. Absent: we may not read them.
   */
  answers?: CheckAnswer[]
}
