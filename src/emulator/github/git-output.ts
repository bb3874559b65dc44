import type { Instant, Sha } from '../../domain/refs.ts'

export interface CommitEntry {
  sha: Sha
  tree: Sha
  parents: Sha[]
  author: { name: string; email: string; at: Instant }
  committer: { name: string; email: string; at: Instant }
  message: string
}

export interface FileEntry {
  path: string
  previousPath?: string
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed'
  /** The blob after the change; before it where the file was removed. */
  sha: Sha
  additions: number
  deletions: number
  /** Hunks only; undefined for binary files. */
  patch?: string
}

/** Reads `git log` in the format `%H %T %P %an %ae %at %cn %ce %ct %B`, fields ended by NUL and records by 0x01. */
export function parseCommits(text: string): CommitEntry[] {
  return text
    .split('\x01\n')
    .filter((record) => record !== '')
    .map((record) => {
      const [sha, tree, parents, an, ae, at, cn, ce, ct, ...message] = record.split('\0')
      return {
        sha: sha!,
        tree: tree!,
        parents: parents ? parents.split(' ') : [],
        author: { name: an!, email: ae!, at: Number(at) * 1000 },
        committer: { name: cn!, email: ce!, at: Number(ct) * 1000 },
        message: message.join('\0').trimEnd(),
      }
    })
}

/** Joins the raw, the numstat and the patch form of the same `git diff`: all three list the files in one order. */
export function parseFiles(raw: string, numbers: string, patch: string): FileEntry[] {
  const counts = parseNumbers(numbers)
  const patches = splitPatches(patch)
  const fields = raw.split('\0')
  const files: FileEntry[] = []
  let nextPatch = 0
  for (let index = 0; fields[index]?.startsWith(':');) {
    const [, , before, after, letter] = fields[index]!.split(' ')
    const isRename = letter!.startsWith('R')
    const path = fields[index + (isRename ? 2 : 1)]!
    const nth = files.length
    files.push({
      path,
      ...(isRename && { previousPath: fields[index + 1]! }),
      status: statusOf[letter![0]!] ?? 'modified',
      sha: letter === 'D' ? before! : after!,
      additions: counts[nth]?.additions ?? 0,
      deletions: counts[nth]?.deletions ?? 0,
      ...(patches[nextPatch] && { patch: patches[nextPatch] }),
    })
    // A change of type is printed as a removal and an addition.
    nextPatch += letter === 'T' ? 2 : 1
    index += isRename ? 3 : 2
  }
  return files
}

const statusOf: Record<string, FileEntry['status']> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  T: 'changed',
}

function parseNumbers(text: string): { additions: number; deletions: number }[] {
  const fields = text.split('\0')
  const counts = []
  for (let index = 0; index < fields.length && fields[index] !== '';) {
    const [additions, deletions, path] = fields[index]!.split('\t')
    counts.push({ additions: Number(additions) || 0, deletions: Number(deletions) || 0 })
    // A rename has an empty path here and its two paths in the next fields.
    index += path === '' ? 3 : 1
  }
  return counts
}

function splitPatches(text: string): string[] {
  if (text === '') return []
  return text
    .split(/^diff --git .*\n/m)
    .slice(1)
    .map((part) => {
      const start = part.search(/^@@ /m)
      return start < 0 ? '' : part.slice(start).trimEnd()
    })
}
