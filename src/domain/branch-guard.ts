/** One thing that guards a branch on GitHub: its classic protection, or one rule set. Several add up: each must be satisfied. */
export interface BranchGuard {
  /** `branch protection`, `rule set 12`. */
  name: string
  requiredChecks: { context: string; appId?: string }[]
  isUpToDateRequired: boolean
  /** Undefined: it does not ask for a pull request. */
  pullRequests?: { dismissesStale: boolean; asksForApprovalOfLastPush: boolean }
  blocksForcePush: boolean
  blocksDeletion: boolean
  hasMergeQueue: boolean
  /** Undefined: GitHub does not tell us. */
  isBypassedByAdmins?: boolean
}

/** Everything that guards a branch, as far as our permissions let us see. */
export interface BranchGuards {
  guards: BranchGuard[]
  /** What could not be read, with the permission that it takes. */
  unread: { what: string; permission: string }[]
  /** Contexts of the commit statuses on its tip; undefined where they could not be read. */
  statuses?: string[]
}
