import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { inputClosure } from './input-closure.ts'

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

/** The sources that appear, vanish, are rendered in another way, or read a file that differs. */
export function affectedSources(base: Side, head: Side): AffectedSource[] {
  const before = new Map(base.sources.map((source) => [keyOf(source), source]))
  const after = new Map(head.sources.map((source) => [keyOf(source), source]))
  const changed = changedPaths(base.files, head.files)
  const keys = [...new Set([...before.keys(), ...after.keys()])].toSorted()
  return keys.flatMap((key) => {
    const why = whyAffected(before.get(key), after.get(key), base, head, changed)
    const source = after.get(key) ?? before.get(key)
    if (!source || !why) return []
    const { application, environment, path } = source
    return [{ application, environment, source: path, ...why }]
  })
}

function whyAffected(
  before: RenderSource | undefined,
  after: RenderSource | undefined,
  base: Side,
  head: Side,
  changed: ReadonlySet<string>,
): Pick<AffectedSource, 'because' | 'changedPaths'> | undefined {
  const inputs = [
    ...(before ? inputClosure(before, base.files).paths : []),
    ...(after ? inputClosure(after, head.files).paths : []),
  ]
  const differing = [...new Set(inputs)].filter((path) => changed.has(path)).toSorted()
  if (!before) return { because: 'it is new', changedPaths: differing }
  if (!after) return { because: 'it is removed', changedPaths: differing }
  if (differing.length > 0) return { because: reasonOf(differing), changedPaths: differing }
  if (settingsOf(before) === settingsOf(after)) return undefined
  return { because: 'it is rendered with other settings', changedPaths: [] }
}

function reasonOf(paths: readonly string[]): string {
  return paths.length === 1 ? `it reads ${paths[0]}` : `it reads ${paths[0]} and ${paths.length - 1} more`
}

/** Every path whose entry differs between the two trees. */
function changedPaths(base: RepositoryFiles, head: RepositoryFiles): Set<string> {
  const before = new Map(base.tree.entries.map((entry) => [entry.path, `${entry.mode} ${entry.id}`]))
  const changed = new Set<string>()
  for (const entry of head.tree.entries) {
    if (before.get(entry.path) !== `${entry.mode} ${entry.id}`) changed.add(entry.path)
    before.delete(entry.path)
  }
  for (const path of before.keys()) changed.add(path)
  return changed
}

function settingsOf(source: RenderSource): string {
  const { because: _because, ...settings } = source
  return JSON.stringify(settings)
}

function keyOf(source: RenderSource): string {
  return [source.application, source.environment, source.clusters.join(','), source.path].join('\0')
}
