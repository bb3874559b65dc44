import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { changedEntries } from './changed-entries.ts'
import { type InputClosure, inputClosure } from './input-closure.ts'
import { readersOf } from './readers.ts'

/** A source whose objects can differ between two revisions, and why. */
export interface AffectedSource {
  application: string
  environment: string
  /** As RenderSource.path. */
  source: string
  because: string
  /** Paths of its inputs that differ, sorted. */
  changedPaths: string[]
}

interface Side {
  files: RepositoryFiles
  sources: readonly RenderSource[]
}

/**
 * The sources that appear, vanish, are rendered in another way, or read a file that differs. The cost is that of what
 * changed: of a source that reads nothing near it no closure is computed.
 */
export function affectedSources(base: Side, head: Side): AffectedSource[] {
  const changed = new Set(changedEntries(base.files.tree, head.files.tree).map(({ path }) => path))
  const near = readersOf([...changed], base.files, base.sources)
  const isShared = base.sources === head.sources
  const pairs = isShared ? pairsOf([...near], [...near]) : pairsOf(base.sources, head.sources)
  return pairs
    .filter(({ before, after }) => !before || !after || near.has(before) || !isSame(before, after))
    .flatMap(({ before, after }) => {
      const why = whyAffected(before, after, base, head, changed)
      const source = after ?? before
      if (!source || !why) return []
      const { application, environment, path } = source
      return [{ application, environment, source: path, ...why }]
    })
}

interface Pair {
  before?: RenderSource
  after?: RenderSource
}

/** Each source with itself on the other side, sorted by name and path. */
function pairsOf(base: readonly RenderSource[], head: readonly RenderSource[]): Pair[] {
  const pairs = new Map<string, Pair>(base.map((before) => [keyOf(before), { before }]))
  for (const after of head) {
    const key = keyOf(after)
    pairs.set(key, { ...pairs.get(key), after })
  }
  return [...pairs].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, pair]) => pair)
}

function whyAffected(
  before: RenderSource | undefined,
  after: RenderSource | undefined,
  base: Side,
  head: Side,
  changed: ReadonlySet<string>,
): Pick<AffectedSource, 'because' | 'changedPaths'> | undefined {
  const closures = [
    ...(before ? [inputClosure(before, base.files)] : []),
    ...(after ? [inputClosure(after, head.files)] : []),
  ]
  const inputs = new Set(closures.flatMap(({ paths }) => paths))
  const differing = [...inputs].filter((path) => changed.has(path)).toSorted()
  if (!before) return { because: 'it is new', changedPaths: differing }
  if (!after) return { because: 'it is removed', changedPaths: differing }
  if (differing.length > 0) return { because: reasonOf(differing, closures), changedPaths: differing }
  if (isSame(before, after)) return undefined
  return { because: otherSettings(before, after), changedPaths: [] }
}

/** What is sure comes first: that it may read something is said where nothing better can be. */
function reasonOf(differing: readonly string[], closures: readonly InputClosure[]): string {
  const sure = differing.filter((path) =>
    closures.some(({ paths, doubtful }) => paths.includes(path) && !doubtful?.includes(path)),
  )
  const [first, ...more] = sure.length > 0 ? sure : differing
  const rest = more.length > 0 ? ` and ${more.length} more` : ''
  return sure.length > 0
    ? `it reads ${first}${rest}`
    : `it may read ${first}${rest}: what its plug-in reads cannot be followed, so the whole folder counts`
}

function otherSettings(before: RenderSource, after: RenderSource): string {
  const [old, young] = [before.remoteChart, after.remoteChart]
  return old && young && old.version !== young.version
    ? `its chart ${young.name} goes from ${old.version} to ${young.version}`
    : 'it is rendered with other settings'
}

function isSame(before: RenderSource, after: RenderSource): boolean {
  return before === after || settingsOf(before) === settingsOf(after)
}

function settingsOf(source: RenderSource): string {
  const { because: _because, ...settings } = source
  return JSON.stringify(settings)
}

function keyOf(source: RenderSource): string {
  return [source.application, source.environment, source.clusters.join(','), source.path].join('\0')
}
