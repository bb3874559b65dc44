import type { Sha } from '../../../domain/refs.ts'
import type { Hub } from '../hub.ts'
import type { Repository } from '../state.ts'

export interface Revision {
  /** Branch, or the commit itself. */
  name: string
  isBranch: boolean
  sha: Sha
  path: string
}

/** Branch names may hold slashes: the longest branch that fits the beginning is meant, else a commit. */
export async function findRevision(
  hub: Hub,
  repository: Repository,
  rest: string[],
): Promise<Revision | undefined> {
  const refs = await hub.git.refs(repository.folder)
  for (let length = rest.length; length > 0; length -= 1) {
    const name = rest.slice(0, length).join('/')
    const sha = refs.get(`refs/heads/${name}`)
    if (sha) return { name, isBranch: true, sha, path: rest.slice(length).join('/') }
  }
  const [first = '', ...path] = rest
  if (!/^[\da-f]{7,40}$/.test(first)) return undefined
  const sha = await hub.git.resolve(repository.folder, first)
  return sha ? { name: first, isBranch: false, sha, path: path.join('/') } : undefined
}

export async function branchesOf(hub: Hub, repository: Repository): Promise<{ name: string; sha: Sha }[]> {
  const heads = 'refs/heads/'
  return [...(await hub.git.refs(repository.folder))]
    .filter(([ref]) => ref.startsWith(heads))
    .map(([ref, sha]) => ({ name: ref.slice(heads.length), sha }))
}
