import type { RepositoryRef } from '../../domain/refs.ts'
import type { Release } from '../../domain/release.ts'
import type { Work } from '../../domain/work.ts'

/** What a new word on a release makes due: its boards (also that of the change it replaces), the next wave, the next environment, what GitHub shows as deployed, the watch over its SLOs and over its health. */
export function followUp(repository: RepositoryRef, before: Release | undefined, after: Release): Work[] {
  if (before && isSame(before, after)) return []
  const { application, environment } = after.target
  const work: Work[] = [
    { kind: 'advance-rollouts', repository, environment },
    { kind: 'promote-releases', repository },
    { kind: 'guard-slo', repository, application, environment },
    ...(after.phase === 'degraded'
      ? [{ kind: 'guard-health' as const, repository, application, environment }]
      : []),
    { kind: 'publish-deployments', repository, environment },
  ]
  const pulls = new Set([after.pull, before?.pull].filter((number) => number !== undefined))
  return [
    ...[...pulls].map((number): Work => ({ kind: 'review-pull', pull: { repository, number } })),
    ...work,
  ]
}

function isSame(before: Release, after: Release): boolean {
  return (
    before.phase === after.phase &&
    before.health.status === after.health.status &&
    before.digest === after.digest &&
    before.revision === after.revision &&
    before.pull === after.pull &&
    before.reason === after.reason &&
    describe(before.drift) === describe(after.drift)
  )
}

function describe(drift: Release['drift']): string {
  const objects = drift ? [drift, ...(drift.others ?? [])] : []
  return JSON.stringify(objects.map(({ object, count, healed }) => [object, count, healed]))
}
