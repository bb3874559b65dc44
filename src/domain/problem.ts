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
