import { folderOf, upwards } from '../rendering/paths.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import type { Delivery } from './delivery.ts'
import type { Candidate } from './find-candidates.ts'

/** By folder: what takes it for plain files, or does not say while it holds neither a kustomization nor a chart. */
export type PlainDeliveries = ReadonlyMap<string, readonly Delivery[]>

export function plainDeliveries(deliveries: readonly Delivery[], index: RepositoryIndex): PlainDeliveries {
  const charts = new Set(index.chartFolders)
  const isPlain = (folder: string) => !index.kustomization(folder) && !charts.has(folder)
  return Map.groupBy(
    deliveries.filter(({ renderer, path }) => renderer === 'plain' || (!renderer && isPlain(path))),
    ({ path }) => path,
  )
}

/** Whether some delivery is about the folder that a file is in, even where it leaves this file out. */
export function isDelivered(path: string, plain: PlainDeliveries): boolean {
  return deliverersOf(path, plain).length > 0
}

/**
 * Each delivery of a plain folder is a source of its own: with the objects in it, or all below it, that it asks for.
 * Argo CD evaluates the `.jsonnet` files among them.
 */
export function deliveredFolders(
  objectPaths: readonly string[],
  plain: PlainDeliveries,
  index: RepositoryIndex,
): Candidate[] {
  const filesOf = new Map<Delivery, string[]>()
  for (const path of objectPaths) {
    for (const delivery of deliverersOf(path, plain)) {
      const files = filesOf.get(delivery)
      if (files) files.push(path)
      else filesOf.set(delivery, [path])
    }
  }
  return [...plain.values()].flat().flatMap((delivery) => {
    const jsonnet = jsonnetFiles(delivery, index)
    const files = [...(filesOf.get(delivery) ?? []), ...jsonnet].filter(
      (path) => delivery.takesFile?.(path) ?? true,
    )
    return files.length === 0 ? [] : [toCandidate(delivery, files.toSorted())]
  })
}

function toCandidate(delivery: Delivery, files: string[]): Candidate {
  const renderer = files.some(isJsonnet) ? 'jsonnet' : 'plain'
  return { renderer, path: delivery.path, files, delivery, because: delivery.because }
}

function deliverersOf(path: string, plain: PlainDeliveries): Delivery[] {
  if (plain.size === 0) return []
  const folder = folderOf(path)
  return upwards(folder).flatMap((each) =>
    (plain.get(each) ?? []).filter((delivery) => each === folder || delivery.isRecursive),
  )
}

function jsonnetFiles({ jsonnet, isRecursive, path }: Delivery, index: RepositoryIndex): string[] {
  if (!jsonnet) return []
  const entries = isRecursive ? index.under(path) : index.filesIn(path)
  return entries.map((entry) => entry.path).filter(isJsonnet)
}

export function isJsonnet(path: string): boolean {
  return path.endsWith('.jsonnet')
}
