import type { Problem } from '../../domain/problem.ts'
import type { Instant } from '../../domain/refs.ts'

/** A release as somebody wrote it down. */
export interface ListedRelease {
  at: Instant
  application: string
  environment: string
  version: string
}

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/

/** Reads a list of releases, one a line: when, application, environment, version. Lines that begin with # say nothing. */
export function parseReleaseList(
  text: string,
  path: string,
): { releases: ListedRelease[]; problems: Problem[] } {
  const problems: Problem[] = []
  const releases = text.split('\n').flatMap((line, index) => {
    const words = line.trim().split(/\s+/)
    if (words[0] === '' || words[0]?.startsWith('#')) return []
    const [time = '', application = '', environment = '', version = ''] = words
    const at = timePattern.test(time) ? Date.parse(time) : Number.NaN
    if (words.length === 4 && Number.isFinite(at)) return [{ at, application, environment, version }]
    problems.push({
      code: 'RELEASE_LIST',
      path,
      line: index + 1,
      message:
        words.length === 4 ? `"${time}" is not a time with its zone` : `has ${words.length} words, not four`,
      fix: 'write 2026-11-20T10:00:00Z checkout prod 1.9.0',
    })
    return []
  })
  return { releases: releases.toSorted((left, right) => left.at - right.at), problems }
}
