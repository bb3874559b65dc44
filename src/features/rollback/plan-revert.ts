export interface RevertToPlan {
  /** Files that belong to the application in the environment alone. */
  paths: string[]
  /** At the good revision; a path that is not there did not exist. */
  goodFiles: ReadonlyMap<string, string>
  /** At the revision that is taken back. */
  badFiles: ReadonlyMap<string, string>
  /** On the branch now. */
  currentFiles: ReadonlyMap<string, string>
  /** `exact`: as the good revision had them, later edits included. `careful`: files edited since the bad revision are left alone. */
  mode: 'exact' | 'careful'
}

export interface RevertPlan {
  /** Path → content; null deletes the file. Empty: nothing differs. */
  files: Record<string, string | null>
  /** Left alone: they were edited after the bad revision, and only a person can join both. */
  conflicts: string[]
}

/** What brings an application's own files back to a good revision. Other files, and later commits to them, are not touched. */
export function planRevert({ paths, goodFiles, badFiles, currentFiles, mode }: RevertToPlan): RevertPlan {
  const changed = [...new Set(paths)]
    .toSorted()
    .filter((path) => goodFiles.get(path) !== currentFiles.get(path))
  const isEditedSince = (path: string) => badFiles.get(path) !== currentFiles.get(path)
  const conflicts = mode === 'careful' ? changed.filter(isEditedSince) : []
  const restored = changed.filter((path) => !conflicts.includes(path))
  return { files: Object.fromEntries(restored.map((path) => [path, goodFiles.get(path) ?? null])), conflicts }
}
