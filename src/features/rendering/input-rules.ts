import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { folderOf } from './paths.ts'
import type { RepositoryIndex } from './repository-index.ts'

/** kustomize is quadratic in objects, and nothing people review is larger. */
const mostBytes = 20 * 1024 * 1024
const mostFiles = 10_000
/** Of one kustomization: 5,000 take a quarter of a minute, and the time grows with their square. */
export const mostObjects = 10_000

/** Of one kustomization; with more, splitting it is worth the work. */
const manyObjects = 2_000

const lfsPointer = 'version https://git-lfs.github.com/spec/v1'

/** Whether a blob's first bytes are a Git LFS pointer instead of content. */
export function isLfsPointer(text: string): boolean {
  return text.startsWith(lfsPointer)
}

/** What keeps inputs from being rendered whatever the renderer: links, submodules, LFS pointers, names, sizes. */
export function refuseEntries(
  paths: readonly string[],
  sourcePath: string,
  files: RepositoryFiles,
  index: RepositoryIndex,
): Problem[] {
  const each = paths.flatMap((path) => {
    const refusal = refuseEntry(path, files, index)
    return refusal ? [refusal] : []
  })
  const bytes = paths.reduce((sum, path) => sum + (index.entry(path)?.size ?? 0), 0)
  if (bytes <= mostBytes && paths.length <= mostFiles) return each
  return [...each, tooLarge(sourcePath, paths.length, bytes)]
}

function refuseEntry(path: string, files: RepositoryFiles, index: RepositoryIndex): Problem | undefined {
  const entry = index.entry(path)
  if (entry?.mode === '120000') return linkRefused(path)
  if (entry?.mode === '160000') return submoduleRefused(path)
  if (!isSafePath(path)) {
    return {
      code: 'PATH_REFUSED',
      path,
      line: 0,
      message: 'the path has a part that is not safe on every file system',
      fix: 'rename it: no control characters, marks of direction, backslashes, `..` or `.git`',
    }
  }
  if (isLfsPointer(files.text(path) ?? '')) return lfsRefused(path)
  return undefined
}

/** The link or submodule that a path leads through, if one does. */
export function refuseDetour(path: string, index: RepositoryIndex): Problem | undefined {
  for (let folder = path; folder !== '.'; folder = folderOf(folder)) {
    const mode = index.entry(folder)?.mode
    if (mode === '120000') return linkRefused(folder)
    if (mode === '160000') return submoduleRefused(folder)
  }
  return undefined
}

/**
 * Whether a path means the same wherever it is written, and reads as it is: no control characters, none that turn the
 * direction of text, nothing that was no UTF-8; no part that some file system takes for `..` or `.git`.
 */
export function isSafePath(path: string): boolean {
  if (path.length > 1_000 || /[\p{Cc}\p{Bidi_Control}\uFFFD\\]/u.test(path)) return false
  return path.split('/').every((part) => !/^[. ]*$/.test(part) && !isGitFolder(part))
}

/** NTFS leaves out dots and spaces at the end and reads a stream after a colon; HFS+ leaves out what takes no room. Source: git, path.c, `is_ntfs_dotgit`; utf8.c, `is_hfs_dotgit`. */
function isGitFolder(part: string): boolean {
  const plain = part.replaceAll(/[\u200C-\u200F\u202A-\u202E\u206A-\u206F\uFEFF]/g, '').toLowerCase()
  return /^(\.git|git~1)[ .]*(:|$)/.test(plain)
}

function linkRefused(path: string): Problem {
  return {
    code: 'SYMLINK_REFUSED',
    path,
    line: 0,
    message: 'a symbolic link is never followed when rendering',
    fix: 'put the file itself there, or refer to where it really is',
  }
}

function submoduleRefused(path: string): Problem {
  return {
    code: 'SUBMODULE_REFUSED',
    path,
    line: 0,
    message: 'a git submodule is never fetched when rendering',
    fix: 'copy the files into this repository',
  }
}

export function lfsRefused(path: string): Problem {
  return {
    code: 'LFS_REFUSED',
    path,
    line: 1,
    message: 'the file is a Git LFS pointer; LFS is not supported in rendered paths',
    fix: 'store the file in git itself (git lfs untrack, then add it again)',
  }
}

function tooLarge(path: string, count: number, bytes: number): Problem {
  return {
    code: 'TOO_LARGE',
    path,
    line: 0,
    message: `${count} input files of ${Math.ceil(bytes / 1024 / 1024)} MB; at most ${mostFiles} files and ${mostBytes / 1024 / 1024} MB are rendered`,
    fix: 'split the source into several smaller ones',
  }
}

/** Says of a kustomization that its size costs time, without a figure that would be another one each day. */
export function largeKustomization({ renderer, path }: RenderSource, objects: number): Problem[] {
  if (renderer !== 'kustomize' || objects <= manyObjects) return []
  return [
    {
      code: 'KUSTOMIZATION_LARGE',
      path,
      line: 0,
      message: `one kustomization renders more than ${manyObjects.toLocaleString('en-US')} objects, which takes more than time in proportion: 1,000 take a second or two, 5,000 a quarter of a minute`,
      fix: 'nothing has to be done; split into several kustomizations it renders in about half the time, and only the part that changes renders again',
    },
  ]
}

export function tooManyObjects(path: string, count: number): Problem {
  return {
    code: 'TOO_MANY_OBJECTS',
    path,
    line: 0,
    message: `about ${count} objects in the input files; at most ${mostObjects} are rendered by one kustomization, which takes time by their square`,
    fix: 'split the kustomization into several smaller ones',
  }
}
