import type { RenderSource } from '../../domain/rendered-target.ts'

interface Draft {
  /** What tells two sources of one name apart: the path without environment and cluster. */
  stem: string[]
  source: RenderSource
}

/**
 * Names that are unique within an environment and cluster and safe as a folder's name. Where two sources would share
 * one, all of that name take as much of their path as tells them apart.
 */
export function uniqueNames(drafts: readonly Draft[]): RenderSource[] {
  const named = drafts.map(({ stem, source }) => ({
    stem,
    source: { ...source, application: safeName(source.application) },
  }))
  return [...Map.groupBy(named, ({ source }) => source.application).values()].flatMap((group) => {
    if (!hasClash(group)) return group.map(({ source }) => source)
    for (let depth = 2; depth <= longestStem(group); depth++) {
      const renamed = group.map((draft) => rename(draft, draft.stem.slice(-depth)))
      if (!hasClash(renamed)) return renamed.map(({ source }) => source)
    }
    return numbered(group)
  })
}

function hasClash(drafts: readonly Draft[]): boolean {
  const places = drafts.flatMap(({ source }) =>
    source.clusters.map((cluster) => [source.environment, cluster, source.application].join('\0')),
  )
  return new Set(places).size < places.length
}

function longestStem(drafts: readonly Draft[]): number {
  return Math.max(...drafts.map(({ stem }) => stem.length))
}

function rename(draft: Draft, parts: readonly string[]): Draft {
  const application = safeName([...new Set([...parts, draft.source.application])].join('-'))
  return { ...draft, source: { ...draft.source, application } }
}

/** The paths tell nothing apart: the same folder is delivered twice, or rendered by two tools. */
function numbered(drafts: readonly Draft[]): RenderSource[] {
  const taken = new Map<string, number>()
  return drafts.map(({ source }) => {
    const byTool = rename({ stem: [], source }, [source.application, source.renderer]).source.application
    const name = drafts.every((draft) => draft.source.renderer === source.renderer)
      ? source.application
      : byTool
    const place = [source.environment, source.clusters.join(','), name].join('\0')
    const count = (taken.get(place) ?? 0) + 1
    taken.set(place, count)
    return { ...source, application: count === 1 ? name : `${name}-${count}` }
  })
}

function safeName(name: string): string {
  return (
    name
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
      .replaceAll(/^[-.]+|[-.]+$/g, '')
      .slice(0, 120) || 'root'
  )
}
