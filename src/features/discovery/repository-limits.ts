import type { Problem } from '../../domain/problem.ts'
import type { GitEntry, GitTree } from '../../domain/repository-files.ts'
import { isCalendarPath } from '../config/calendars.ts'
import { fileNameOf } from '../rendering/paths.ts'
import { isManifestPath } from './is-manifest-path.ts'

/** Larger files are never manifests that people review. */
const mostFileBytes = 20 * 1024 * 1024

/** Of one revision: what is more would be read into memory before anything is known about it. */
const mostFiles = 500_000
const mostBytes = 512 * 1024 * 1024
const deepest = 100

/** More sources than any repository that people review; beyond it something is misread, or meant to do harm. */
export const mostSources = 10_000

const ruleNames = new Set(['.drawbridge.yaml', 'CODEOWNERS'])

/** Whether a file has to be read before anything is decided about its revision. */
export function isReadAhead({ mode, size, path }: GitEntry): boolean {
  return mode.startsWith('100') && size <= mostFileBytes && (isManifestPath(path) || isCalendarPath(path))
}

/** The rules of a repository are read however large the rest is: no gate opens because they are missing. */
export function isRule(entry: GitEntry): boolean {
  return isReadAhead(entry) && (ruleNames.has(fileNameOf(entry.path)) || isCalendarPath(entry.path))
}

/** What is larger than can be looked at, told from its listing alone. */
export function refuseRepository({ entries }: GitTree): Problem | undefined {
  if (entries.length > mostFiles) return tooLarge(`${entries.length} files; at most ${mostFiles}`)
  // Only a path of twice as many characters can have so many parts.
  const deep = entries.find(({ path }) => path.length > 2 * deepest && path.split('/').length > deepest)
  if (deep) return tooLarge(`a path of ${deep.path.split('/').length} parts; at most ${deepest}`)
  const bytes = bytesToRead(entries)
  if (bytes <= mostBytes) return undefined
  const [is, most] = [bytes, mostBytes].map((each) => Math.ceil(each / 1024 / 1024))
  return tooLarge(`${is} MB of possible manifests; at most ${most} MB`)
}

/** What makes more sources than can be looked at. `count` may be of those alone that were found before it was given up. */
export function refuseSources(count: number): Problem | undefined {
  if (count <= mostSources) return undefined
  return {
    code: 'TOO_MANY_SOURCES',
    path: '.',
    line: 0,
    message: `${count} sources were found, of which at most ${mostSources} are looked at: none is rendered`,
    fix: 'split the repository, or correct the generator that makes so many',
  }
}

/** Whether a problem keeps the whole repository from being looked at, so that nothing is known of any change to it. */
export function isOfWholeRepository({ code }: Problem): boolean {
  return code === 'TOO_LARGE' || code === 'TOO_MANY_SOURCES'
}

function bytesToRead(entries: readonly GitEntry[]): number {
  const all = entries.reduce((sum, { size }) => sum + size, 0)
  if (all <= mostBytes) return all
  return entries.filter(isReadAhead).reduce((sum, { size }) => sum + size, 0)
}

function tooLarge(what: string): Problem {
  return {
    code: 'TOO_LARGE',
    path: '.',
    line: 0,
    message: `the repository has ${what} are looked at`,
    fix: 'keep what is delivered in a repository of its own, or split it',
  }
}
