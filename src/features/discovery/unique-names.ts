import type { RenderSource } from '../../domain/rendered-target.ts'

interface Draft {
  /** What tells two sources of one name apart: the path without environment and cluster. */
  stem: string[]
  /** Folder of the file that delivers it, in segments; empty where nothing does. */
  definedIn: string[]
  /** The name was written down by somebody (configuration, Argo CD, Flux), not read from the path. */
  isGiven: boolean
  source: RenderSource
}

/**
 * Names that are unique within an environment and cluster and safe as a folder's name. Where two sources would share
 * one, those whose name was only read from the path take as much of the path as tells them apart.
 */
export function uniqueNames(drafts: readonly Draft[]): RenderSource[] {
  const named = drafts.map((draft) => ({
    ...draft,
    source: { ...draft.source, application: safeName(draft.source.application) },
  }))
  const groups = [...Map.groupBy(named, ({ source }) => source.application).values()]
  const once = groups.flatMap((group) => (hasClash(group) ? tellApart(group) : group))
  // A longer name may be one that another source has from the start.
  return hasClash(once) ? numbered(once) : once.map(({ source }) => source)
}

function tellApart(group: readonly Draft[]): Draft[] {
  for (const keepGiven of [true, false]) {
    for (let depth = 2; depth <= longestStem(group); depth++) {
      const renamed = group.map((draft) =>
        keepGiven && draft.isGiven ? draft : rename(draft, draft.stem.slice(-depth)),
      )
      if (!hasClash(renamed)) return renamed
    }
  }
  const byTool = group.map((draft) => rename(draft, [draft.source.application, draft.source.renderer]))
  // One folder, delivered twice under one name: the files that say so are in different folders.
  const byDeliverer = group.map((draft) => rename(draft, draft.definedIn.slice(-1)))
  return [byTool, byDeliverer].find((renamed) => !hasClash(renamed)) ?? [...group]
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

/** Nothing tells them apart (the same folder is delivered twice, say): they are counted. */
function numbered(drafts: readonly Draft[]): RenderSource[] {
  const taken = new Set<string>()
  return drafts.map(({ source }) => {
    for (let count = 1; ; count++) {
      const application = count === 1 ? source.application : `${source.application}-${count}`
      const places = source.clusters.map((cluster) => [source.environment, cluster, application].join('\0'))
      if (places.some((place) => taken.has(place))) continue
      for (const place of places) taken.add(place)
      return { ...source, application }
    }
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
