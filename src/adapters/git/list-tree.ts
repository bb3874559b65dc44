import type { Sha } from '../../domain/refs.ts'
import type { GitEntry, GitTree } from '../../domain/repository-files.ts'
import { type GitContext, runGit, splitByNul } from './git-command.ts'
import { formatOf, parseTree } from './git-objects.ts'
import { type KnownTree, shareEntries, withChanges } from './known-trees.ts'
import type { ObjectReader } from './object-reader.ts'
import { parseRawChanges, parseTreeEntry } from './parse-git.ts'

/** Beyond so many changes a whole listing costs less than asking for the size of each. */
const mostChanges = 2_000

/** The listing of a tree: from what differs to the nearest tree that is known already, or a whole one. */
export async function listTree(
  context: GitContext,
  id: Sha,
  objects: ObjectReader,
  checks: ObjectReader,
): Promise<GitTree> {
  const [root] = await objects.read([id])
  const rootNames = root ? parseTree(root.content, formatOf(id)).map(({ name }) => name) : []
  const nearest = context.trees.nearest(context.gitFolder, rootNames)
  // What only the nearest tree has may be gone from the repository; a whole listing tells whether more is wrong.
  const made = nearest && (await listFromNearest(context, id, nearest, checks).catch(() => undefined))
  const listed = made ?? (await listWhole(context, id, nearest))
  const tree = { id, entries: listed.entries }
  context.trees.put(context.gitFolder, { tree, rootNames, own: listed.own })
  return tree
}

type Listed = { entries: GitEntry[] } & Pick<KnownTree, 'own'>

async function listWhole(context: GitContext, id: Sha, nearest: GitTree | undefined): Promise<Listed> {
  const listed = await runGit(context, {
    arguments: ['ls-tree', '-r', '-z', '--long', '--full-tree', id],
  })
  return shareEntries(splitByNul(listed).map(parseTreeEntry), nearest?.entries ?? [])
}

async function listFromNearest(
  context: GitContext,
  id: Sha,
  nearest: GitTree,
  checks: ObjectReader,
): Promise<Listed | undefined> {
  const differing = await runGit(context, {
    arguments: ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-ext-diff', nearest.id, id],
  })
  const changes = parseRawChanges(splitByNul(differing))
  if (changes.length > mostChanges) return undefined
  const blobs = changes.filter(({ mode }) => isBlob(mode))
  const found = await checks.read(blobs.map((change) => change.id))
  const sizes = new Map(found.flatMap((object) => (object ? [[object.id, object.size]] : [])))
  if (blobs.some((change) => !sizes.has(change.id))) return undefined
  const entries = changes.map(({ path, mode, id: blob }) => {
    const isGone = mode === '000000'
    return [path, isGone ? undefined : { path, mode, id: blob, size: sizes.get(blob) ?? 0 }] as const
  })
  const own = entries.flatMap(([, entry]) => entry ?? [])
  return { entries: withChanges(nearest.entries, new Map(entries)), own }
}

/** Files and links; a submodule names a commit of another repository. */
function isBlob(mode: string): boolean {
  return mode !== '000000' && mode !== '160000'
}
