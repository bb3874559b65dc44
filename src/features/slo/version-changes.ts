import type { Instant } from '../../domain/refs.ts'
import type { RecordedStep } from './recorded-steps.ts'

/** A version began to be counted. */
export interface VersionChange {
  version: string
  at: Instant
  /** `baseline`: it was there from the start. `revert`: it had been there before, and comes back. */
  kind: 'baseline' | 'change' | 'revert'
}

/** A version that is away for less was not released anew: a scrape that failed, a pod that was moved. */
const absentMs = 10 * 60_000

/** What was released when, as far as the version label tells, oldest first. `steps` are in order of time. */
export function versionChanges(steps: readonly RecordedStep[]): VersionChange[] {
  const changes: VersionChange[] = []
  const seenAt = new Map<string, Instant>()
  let previousAt: Instant | undefined
  for (const { at, versions } of steps) {
    for (const version of versions.keys()) {
      if (version === '') continue
      const last = seenAt.get(version)
      // Where nothing at all was recorded, nobody knows what ran.
      const isBack = last !== undefined && previousAt !== undefined && previousAt - last >= absentMs
      if (previousAt === undefined) changes.push({ version, at, kind: 'baseline' })
      else if (last === undefined || isBack)
        changes.push({ version, at, kind: last === undefined ? 'change' : 'revert' })
      seenAt.set(version, at)
    }
    if (versions.size > 0) previousAt = at
  }
  return changes
}
