import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { closureLookups } from './input-closure.ts'
import { folderOf, upwards } from './paths.ts'

/** Who asks what of a revision: the sources by folder, and by folder of which anything at any depth counts. */
interface Readers {
  ofFolder: Map<string, RenderSource[]>
  ofTree: Map<string, RenderSource[]>
}

// The same files and sources always give the same readers, so remembering them changes no answer.
const known = new WeakMap<RepositoryFiles, WeakMap<readonly RenderSource[], Readers>>()

/**
 * The sources whose input closure can be another one, or hold other content, where these paths differ. All of them, and
 * some for which it turns out to be the same: a closure follows from what was asked to find it, and for every other
 * source no answer differs.
 */
export function readersOf(
  paths: readonly string[],
  files: RepositoryFiles,
  sources: readonly RenderSource[],
): Set<RenderSource> {
  const readers = allReaders(files, sources)
  return new Set(
    paths.flatMap((path) => [
      ...(readers.ofFolder.get(folderOf(path)) ?? []),
      ...upwards(path).flatMap((folder) => readers.ofTree.get(folder) ?? []),
    ]),
  )
}

function allReaders(files: RepositoryFiles, sources: readonly RenderSource[]): Readers {
  const bySources = known.get(files) ?? new WeakMap<readonly RenderSource[], Readers>()
  known.set(files, bySources)
  const remembered = bySources.get(sources)
  if (remembered) return remembered
  const readers: Readers = { ofFolder: new Map(), ofTree: new Map() }
  for (const source of sources) {
    const { folders, trees } = closureLookups(source, files)
    for (const folder of folders) add(readers.ofFolder, folder, source)
    for (const folder of trees) add(readers.ofTree, folder, source)
  }
  bySources.set(sources, readers)
  return readers
}

function add(readers: Map<string, RenderSource[]>, key: string, source: RenderSource): void {
  const known = readers.get(key)
  if (known) known.push(source)
  else readers.set(key, [source])
}
