/**
 * Something the user can fix. Returned, never thrown, and always all at once.
 * `code` is stable and documented; `path` is relative to the repository's root; `line` counts from 1, 0 where no line is meant.
 */
export interface Problem {
  code: string
  path: string
  line: number
  /** What is wrong, where, and what was expected. */
  message: string
  /** The next step that makes it right. */
  fix: string
}

/** Each once: two sources that share a broken base would tell the same twice. */
export function uniqueProblems<Each extends Problem>(problems: readonly Each[]): Each[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()]
}
