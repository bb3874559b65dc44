import type { Sha } from '../domain/refs.ts'
import type { GitRepository } from '../ports/git.ts'

export type Restoration =
  | { kind: 'files'; files: Record<string, string | null> }
  /** Somebody edited these after `bad`: taking them back would lose that edit. */
  | { kind: 'conflict'; paths: string[] }

/**
 * The content that takes `paths` from `bad` back to `good` on top of `tip`, path by path: later commits to other paths stay.
 * A path whose content at `tip` is no longer that of `bad` is a conflict.
 */
export async function restoreFiles(
  git: GitRepository,
  request: { paths: readonly string[]; good: Sha; bad: Sha; tip: Sha },
): Promise<Restoration> {
  const [good, bad, tip] = await Promise.all(
    [request.good, request.bad, request.tip].map(async (sha) => {
      const tree = await git.tree(sha)
      return new Map(tree.entries.map(({ path, id }) => [path, id]))
    }),
  )
  const differing = request.paths.filter((path) => tip?.get(path) !== good?.get(path))
  const conflicts = differing.filter((path) => tip?.get(path) !== bad?.get(path))
  if (conflicts.length > 0) return { kind: 'conflict', paths: conflicts }
  const contents = await git.read(differing.flatMap((path) => good?.get(path) ?? []))
  const files: Record<string, string | null> = {}
  for (const path of differing) {
    const id = good?.get(path)
    const content = id === undefined ? undefined : contents.get(id)
    files[path] = content === undefined ? null : Buffer.from(content).toString('utf8')
  }
  return { kind: 'files', files }
}
