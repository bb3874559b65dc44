import { entriesByPath, type GitTree } from '../../domain/repository-files.ts'
import type { GitRepository } from '../../ports/git.ts'

/** The text of files as they are, byte order marks included, so that it can be written back. What is no UTF-8 is left out. */
export async function readExactTexts(
  git: GitRepository,
  tree: GitTree,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const entries = entriesByPath(tree)
  const wanted = paths.flatMap((path) => entries.get(path) ?? []).filter(({ mode }) => mode.startsWith('100'))
  const blobs = await git.read([...new Set(wanted.map(({ id }) => id))])
  return new Map(
    wanted.flatMap(({ path, id }): [string, string][] => {
      const text = decode(blobs.get(id))
      return text === undefined ? [] : [[path, text]]
    }),
  )
}

function decode(bytes: Uint8Array | undefined): string | undefined {
  if (!bytes) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
