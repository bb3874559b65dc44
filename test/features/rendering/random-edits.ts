import type { GitEntry, RepositoryFiles } from '../../../src/domain/repository-files.ts'
import type { ModelRepository } from './model-repository.ts'
import { blobId, deployment } from './repository-of.ts'

/** A number below `limit`, the same ones for the same seed. Source: mulberry32, of the public domain. */
export function createDice(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit)
  }
}

export interface Edit {
  words: string
  /** Path → its new text, or null where it goes. */
  changes: Map<string, string | null>
  /** Who must be affected, by construction. */
  truth: Set<string>
  /** Nobody else may be: the edit only changes what is in a file. */
  isExact: boolean
}

/** One edit of a kind and place that the dice decide. */
export function randomEdit(
  model: ModelRepository,
  paths: readonly string[],
  dice: (limit: number) => number,
): Edit {
  const pick = <T>(list: readonly T[]) => list[dice(list.length)] as T
  const path = pick(paths)
  const text = model.files.get(path) ?? ''
  const truth = model.readers.get(path) ?? new Set<string>()
  const edit = (words: string, changes: [string, string | null][], rest: Partial<Edit> = {}): Edit => ({
    words: `${words} ${path}`,
    changes: new Map(changes),
    truth,
    isExact: false,
    ...rest,
  })
  const kind = dice(10)
  if (kind < 5) return edit('change', [[path, `${text}\n# ${dice(1e9)}\n`]], { isExact: true })
  if (kind === 5) return edit('delete', [[path, null]])
  if (kind === 6) {
    const renamed = `${path.replace(/[^/]*$/, '')}renamed-${dice(1e6)}.yaml`
    return edit(`rename to ${renamed}`, [
      [path, null],
      [renamed, text],
    ])
  }
  if (kind === 7) {
    const isDeep = dice(2) === 0
    const [folder, readers] = pick([...(isDeep ? model.wholeFolders : model.flatFolders)])
    const added = `${folder}/${isDeep ? `new-${dice(1e6)}/` : ''}added-${dice(1e6)}.yaml`
    const changes: [string, string][] = [[added, deployment(`added-${dice(1e6)}`)]]
    return { words: `add ${added}`, changes: new Map(changes), truth: readers, isExact: false }
  }
  if (kind === 8) {
    const [defined, delivered] = pick([...model.deliveries])
    const other = (model.files.get(defined) ?? '').replace(/namespace: .*/, `namespace: n-${dice(1e6)}`)
    const both = new Set(model.readers.get(defined)).add(delivered)
    return {
      words: `settings in ${defined}`,
      changes: new Map([[defined, other]]),
      truth: both,
      isExact: true,
    }
  }
  const unread = `docs/note-${dice(1e6)}.md`
  return { words: `add ${unread}`, changes: new Map([[unread, 'x']]), truth: new Set(), isExact: true }
}

/** Files that share the entries of what is the same, as two revisions of one repository do. */
export function withEdits(
  files: RepositoryFiles,
  changes: ReadonlyMap<string, string | null>,
): RepositoryFiles {
  const kept = files.tree.entries.filter(({ path }) => !changes.has(path))
  const added = [...changes].flatMap(([path, text]): GitEntry[] =>
    text === null ? [] : [{ path, mode: '100644', id: blobId(text), size: Buffer.byteLength(text) }],
  )
  const entries = [...kept, ...added].toSorted((left, right) => (left.path < right.path ? -1 : 1))
  return {
    tree: { id: blobId([...changes].join('\0')), entries },
    text: (path) => {
      const changed = changes.get(path)
      return changed === undefined ? files.text(path) : (changed ?? undefined)
    },
  }
}
