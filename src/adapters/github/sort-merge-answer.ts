import type { MergeAnswer, NotYetCode, RefusedCode } from '../../domain/merge.ts'

/** What the pull request says right after the refusal. */
export interface PullAfterMerge {
  merged: boolean
  merge_commit_sha: string | null
  state: string
  draft?: boolean
  /** Null while GitHub has not finished looking. */
  mergeable: boolean | null
  head: { sha: string }
}

/** Only the words tell GitHub's refusals apart; the first that fits counts. Each is cited in the table of the test. */
const words: [RegExp, NotYetCode | RefusedCode][] = [
  [/base branch was modified/i, 'BASE_MOVED'],
  [/merge already in progress|another merge is|try again later|timed? ?out/i, 'BUSY'],
  [/through (?:the|a) merge queue|merge queue is required/i, 'QUEUE_REQUIRED'],
  [/(?:merges|merge commits) are not allowed|method .*not allowed|linear history/i, 'METHOD_NOT_ALLOWED'],
  [
    /status checks?\b.*\b(?:failing|failed|not succeeded|errored)|required workflow .*not satisfied/i,
    'CHECKS_FAILED',
  ],
  [/status checks?\b.*\b(?:expected|pending|in progress|queued|waiting)/i, 'CHECKS_PENDING'],
  [
    /approving review|review is required|changes have been requested|unresolved conversation|code ?owner/i,
    'REVIEWS_MISSING',
  ],
  [/not up to date|out.of.date|is behind/i, 'BEHIND_BASE'],
  [/draft/i, 'DRAFT'],
  [/conflict/i, 'CONFLICTS'],
  [
    /not accessible by integration|not authorized|must have (?:write|push)|without .workflows. permission|not found/i,
    'NOT_PERMITTED',
  ],
  [/rule violation|protected branch/i, 'RULE_VIOLATED'],
]

const passing: readonly string[] = ['BASE_MOVED', 'STILL_COMPUTING', 'CHECKS_PENDING', 'BUSY', 'NOT_DONE']

/** Sorts a merge that GitHub refused by the pull request as it is now, then by GitHub's words. */
export function sortMergeAnswer(
  { status, reason }: { status: number; reason: string },
  sha: string,
  pull: PullAfterMerge,
): MergeAnswer {
  // The answer may have been lost, or somebody was faster.
  if (pull.merged) return { kind: 'merged', sha: pull.merge_commit_sha ?? '' }
  if (pull.state !== 'open') return { kind: 'refused', code: 'CLOSED', reason: 'the pull request is closed' }
  if (status === 409 || pull.head.sha !== sha) return { kind: 'head-moved' }
  const code = words.find(([pattern]) => pattern.test(reason))?.[1]
  if (code === undefined && pull.mergeable === false)
    return refused('CONFLICTS', 'it conflicts with the base branch')
  if (code === undefined && pull.draft) return refused('DRAFT', reason)
  // "Pull Request is not mergeable" says it for a conflict as for a look that is not finished.
  if (code === undefined && status === 405 && (pull.mergeable === null || /is not mergeable/i.test(reason)))
    return {
      kind: 'not-yet',
      code: 'STILL_COMPUTING',
      reason: 'GitHub has not finished looking whether it can be merged',
    }
  if (code !== undefined && isPassing(code)) return { kind: 'not-yet', code, reason }
  return refused(code ?? (status === 403 || status === 404 ? 'NOT_PERMITTED' : 'REFUSED'), reason)
}

function refused(code: RefusedCode, reason: string): MergeAnswer {
  return { kind: 'refused', code, reason }
}

function isPassing(code: NotYetCode | RefusedCode): code is NotYetCode {
  return passing.includes(code)
}
