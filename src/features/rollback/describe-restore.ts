import type { RestoreVerdict } from './judge-restore.ts'

/** A commit after the release, and the files of it that it touched. */
export interface LaterEdit {
  commit: string
  title: string
  by: string
  paths: string[]
}

/** So many are named; more are counted. */
const mostNamed = 5

/** What a person has to decide before the files may be restored so, one sentence each. Empty: nothing stands in the way. */
export function openQuestions(verdict: RestoreVerdict, edits: readonly LaterEdit[]): string[] {
  const { conflicts, touched, newProblems } = verdict
  return [
    ...conflicts.map((path) => {
      const by = edits.filter(({ paths }) => paths.includes(path))
      return `${path} was edited since${by.length > 0 ? ` by ${listed(by.map(describe))}` : ''}. As proposed here that edit is lost: keep it by editing this branch, or merge as it is.`
    }),
    ...(touched.length > 0
      ? [
          `The change came through files that others render from, too. As proposed here this also changes ${listed(touched.map(({ application, environment, cluster }) => `${application} in ${environment} (${cluster})`))}: merge if they are to go back as well, or mend it for one alone.`,
        ]
      : []),
    ...newProblems.map(
      ({ path, message }) => `It does not render any more: ${path}: ${message}. Mend that on this branch.`,
    ),
  ]
}

/** What is not as it was, though nobody has to decide about it: later changes of what it shares stay. */
export function differences({ differing }: RestoreVerdict): string | undefined {
  return differing.length === 0
    ? undefined
    : `It does not render to exactly what ran then: ${listed(differing)} ${differing.length === 1 ? 'differs' : 'differ'}, because of what it shares with others, or what was changed since.`
}

function describe({ commit, title, by }: LaterEdit): string {
  return `${commit.slice(0, 7)} “${title}” (${by})`
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).join(', ')
  return names.length > mostNamed ? `${shown} and ${names.length - mostNamed} more` : shown
}
