import type { GitRepository } from '../../../src/ports/git.ts'
import { blobId, repositoryOf } from '../../features/rendering/repository-of.ts'

/** A repository that holds what was put in, for those who only read trees and blobs. */
export function memoryRepository(...revisions: Record<string, string>[]): GitRepository {
  const files = revisions.map((texts) => repositoryOf(texts))
  const blobs = new Map(
    revisions.flatMap((texts) =>
      Object.values(texts).map((text) => [blobId(text), Buffer.from(text)] as const),
    ),
  )
  const known: Partial<GitRepository> = {
    tree: (treeish) => {
      const found = files.find((each) => each.tree.id === treeish)
      return found ? Promise.resolve(found.tree) : Promise.reject(new Error(`no tree ${treeish}`))
    },
    read: (ids) =>
      Promise.resolve(
        new Map(
          ids.flatMap((id) => {
            const blob = blobs.get(id)
            return blob ? [[id, blob] as const] : []
          }),
        ),
      ),
  }
  return new Proxy(known as GitRepository, {
    get(target, name: keyof GitRepository) {
      if (name in target) return target[name]
      throw new Error(`a renderer does not need ${String(name)}`)
    },
  })
}
