import type { Finding, Severity } from '../../domain/finding.ts'
import { formatObjectId } from '../../domain/kubernetes-object.ts'

/** One policy, what to do about it, and everything that breaks it. */
export interface PolicyFindings {
  policy: string
  severity: Severity
  fix: string
  places: { where: string; object: string; message: string; path: string; line: number }[]
}

const weight: Record<Severity, number> = { error: 0, warning: 1, notice: 2 }

/** Findings by policy, the worst first; what several clusters of an environment have alike is one place. */
export function mergeFindings(findings: readonly Finding[]): PolicyFindings[] {
  const byPolicy = Map.groupBy(findings, ({ policy, severity, fix }) =>
    JSON.stringify([policy, severity, fix]),
  )
  return [...byPolicy.values()]
    .flatMap((group) => {
      const first = group[0]
      return first ? [{ ...pick(first), places: placesOf(group) }] : []
    })
    .toSorted((left, right) => weight[left.severity] - weight[right.severity])
}

function pick({ policy, severity, fix }: Finding) {
  return { policy, severity, fix }
}

function placesOf(findings: readonly Finding[]): PolicyFindings['places'] {
  const places = findings.map(({ target, object, message, path, line }) => ({
    where: `${target.application} in ${target.environment}`,
    object: formatObjectId(object),
    message,
    path,
    line,
  }))
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()]
}
