import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path/posix'
import type { RenderSource } from '../../src/domain/rendered-target.ts'
import type { Listing, WorkTree } from './git-folder.ts'

/**
 * What two renders of one source must share to be taken for equal without running a tool: its settings, everything
 * below every path that they name, and everything below whatever a file in there mentions by a path with `../`.
 * Far more than is ever read, and found without following a single kustomization.
 */
export type KeyOf = (source: RenderSource, tree: WorkTree) => string

/** Remembers what folders mention, by their content. */
export function createInputKeys(): KeyOf {
  const mentions = new Map<string, ReadonlySet<string>>()

  return (source, tree) => {
    const { because, clusters: _clusters, environment: _environment, ...settings } = source
    const found = new Set<string>()
    // The reason names the file that delivers it.
    const named = [...textsIn(settings), ...because.split(/[ ,]+/)]
    const waiting = named.filter((text) => tree.listing.has(text))
    const children = childrenOf(tree.listing)
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (found.has(path)) continue
      found.add(path)
      waiting.push(...mentionedIn(path, tree, children, mentions))
    }
    const contents = [...found].toSorted().map((path) => [path, tree.listing.get(path)])
    return JSON.stringify([settings, contents])
  }
}

/** Every text of a JSON value, as a path of the repository. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value === '' || value.includes('\n') ? [] : [normalize(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

// One listing serves every source of a revision.
const known = new WeakMap<Listing, Map<string, string[]>>()

function childrenOf(listing: Listing): Map<string, string[]> {
  const remembered = known.get(listing)
  if (remembered) return remembered
  const children = Map.groupBy(
    [...listing.keys()].filter((path) => path !== '.'),
    dirname,
  )
  known.set(listing, children)
  return children
}

function mentionedIn(
  path: string,
  tree: WorkTree,
  children: ReadonlyMap<string, readonly string[]>,
  memory: Map<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const key = `${path}\0${tree.listing.get(path)}`
  const remembered = memory.get(key)
  if (remembered) return existing(remembered, tree.listing)
  const below = children.get(path)
  const all = below
    ? new Set(below.flatMap((child) => [...mentionsBelow(child)]))
    : new Set(mentionsOfFile(path, tree))
  memory.set(key, all)
  return existing(all, tree.listing)

  function mentionsBelow(child: string): ReadonlySet<string> {
    mentionedIn(child, tree, children, memory)
    return memory.get(`${child}\0${tree.listing.get(child)}`) ?? new Set()
  }
}

function existing(paths: ReadonlySet<string>, listing: Listing): Set<string> {
  return new Set([...paths].filter((path) => listing.has(path)))
}

function mentionsOfFile(path: string, { folder, listing }: WorkTree): string[] {
  const isText = /\.(?:ya?ml|json)$|Kustomization$/.test(path)
  if (!isText || !listing.get(path)?.startsWith('100') || !existsSync(join(folder, path))) return []
  const words = readFileSync(join(folder, path), 'utf8').match(
    /[^\s"'`=,[\]{}()<>]*\.\.(?:\/[^\s"'`=,[\]{}()<>]*)?/g,
  )
  return (words ?? []).map((word) =>
    normalize(join(dirname(path), word.replace(/^file:\/\//, ''))).replace(/\/$/, ''),
  )
}
