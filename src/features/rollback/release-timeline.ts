import type { Instant } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import { takenBack } from './good-releases.ts'

/** One release of an application in an environment, as its history tells it. */
export interface TimelineEntry {
  revision: string
  kind: Attestation['kind']
  at: Instant
  pull?: { number: number; title: string; author: string; approvedBy: string[] }
  images: Record<string, string>
  /** Where it was released to, by name. */
  clusters: string[]
  /** It runs there now. */
  isCurrent: boolean
  /** A later revert took it back. */
  isTakenBack: boolean
}

/** The releases of one application, newest first. `states` are those of the rendered ref, newest first. */
export function releaseTimeline(
  states: readonly { attestations: readonly Attestation[] }[],
  application: string,
): TimelineEntry[] {
  const byRevision = new Map<string, Attestation[]>()
  for (const attestation of states.flatMap(({ attestations }) => attestations)) {
    const { target, revision } = attestation
    if (target.application === application)
      byRevision.set(revision, [...(byRevision.get(revision) ?? []), attestation])
  }
  const current = new Set(
    states[0]?.attestations
      .filter(({ target }) => target.application === application)
      .map(({ revision }) => revision),
  )
  const groups = [...byRevision.values()].flatMap((group) => {
    const first = group.toSorted((left, right) => left.at - right.at)[0]
    return first ? [{ attestation: first, group }] : []
  })
  const newestFirst = groups.toSorted((left, right) => right.attestation.at - left.attestation.at)
  const denied = new Set(newestFirst.flatMap((_, index) => takenBack(newestFirst, index)))
  return newestFirst.map(({ attestation, group }) => ({
    revision: attestation.revision,
    kind: attestation.kind,
    at: attestation.at,
    ...(attestation.pull && {
      pull: {
        number: attestation.pull.number,
        title: attestation.pull.title,
        author: attestation.pull.author.login,
        approvedBy: attestation.pull.approvedBy.map(({ login }) => login),
      },
    }),
    images: attestation.images,
    clusters: [...new Set(group.map(({ target }) => target.cluster))].toSorted(),
    isCurrent: current.has(attestation.revision),
    isTakenBack: denied.has(attestation.digest) && !current.has(attestation.revision),
  }))
}
