import type { Sha } from '../../domain/refs.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { GitCommit, GitRepository } from '../../ports/git.ts'
import { DamagedRepository, type GitContext, runGit, splitByNul, textOf } from './git-command.ts'
import { listTree } from './list-tree.ts'
import { createMutex } from './mutex.ts'
import { createObjectReader } from './object-reader.ts'
import { isRefName, parseChangedPaths, parseCommit, splitSignature } from './parse-git.ts'

export type ReadRepository = Pick<
  GitRepository,
  | 'resolve'
  | 'branches'
  | 'tree'
  | 'read'
  | 'commit'
  | 'firstParentLog'
  | 'log'
  | 'isAncestor'
  | 'mergeBase'
  | 'changedPaths'
  | 'mergeTree'
  | 'signedPayload'
> & {
  /** The root tree of a commit or tree. */
  treeId(treeish: Sha): Promise<Sha>
  stop(): void
}

/** The same commit always has the same tree. */
const keptTreeIds = 100

const shaPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/**
 * Everything that only reads objects. `refsOf` gives the full ref names to try, in order, for what was asked for.
 * `isShallow`: questions about history are refused, because their answers would be wrong.
 */
export function createReadRepository(
  context: GitContext,
  refsOf: (revision: string) => string[],
  isShallow: boolean,
): ReadRepository {
  const objects = createObjectReader(context, '--batch')
  const checks = createObjectReader(context, '--batch-check')
  /** One listing after another: the second of two sides is made from the first. */
  const listing = createMutex()

  const fault = (operation: string, message: string, retryable = false) =>
    new AdapterError({ system: 'git', operation, target: context.target, retryable, message })

  const requireHistory = (operation: string) => {
    if (isShallow) throw fault(operation, 'this clone is shallow; run `git fetch --unshallow` and try again')
  }

  const idOf = async (expression: string): Promise<Sha | undefined> =>
    (await checks.read([expression]))[0]?.id

  const treeIds = new Map<Sha, Sha>()
  const treeIdOf = async (treeish: Sha): Promise<Sha> => {
    requireSha(treeish)
    const known = treeIds.get(treeish)
    if (known) return known
    const id = await idOf(`${treeish}^{tree}`)
    if (!id) throw fault('tree', `there is no commit or tree ${treeish}; fetch first`, true)
    const [oldest] = treeIds.keys()
    if (treeIds.size >= keptTreeIds && oldest) treeIds.delete(oldest)
    treeIds.set(treeish, id)
    return id
  }

  const rawCommit = async (sha: Sha): Promise<string> => {
    requireSha(sha)
    const [object] = await objects.read([sha])
    if (object?.type === 'commit') return Buffer.from(object.content).toString('utf8')
    throw fault('commit', `there is no commit ${sha}; fetch first`, true)
  }

  const commitsOf = async (range: string[]): Promise<GitCommit[]> => {
    const listed = await runGit(context, { arguments: ['rev-list', ...range] })
    const shas = textOf(listed).split('\n').filter(Boolean)
    const found = await objects.read(shas)
    return found.map((object, index) => {
      const sha = shas[index] ?? ''
      if (object?.type === 'commit') return parseCommit(sha, Buffer.from(object.content).toString('utf8'))
      throw fault('log', `commit ${sha} cannot be read`, true)
    })
  }

  const requireSha = (sha: Sha) => {
    if (!shaPattern.test(sha)) throw fault('read', `${JSON.stringify(sha)} is not a full object id`)
  }

  return {
    async resolve(revision) {
      const names = shaPattern.test(revision) ? [revision] : refsOf(revision)
      const found = await checks.read(names.map((name) => `${name}^{commit}`))
      return found.find((object) => object?.type === 'commit')?.id
    },

    async branches(folder) {
      const places = refsOf(`refs/heads/${folder}`)
      if (places.length === 0) return []
      const listed = await runGit(context, {
        arguments: ['for-each-ref', '--format=%(refname)', '--', ...places],
      })
      const refs = textOf(listed).split('\n')
      return places.flatMap((place) =>
        refs.filter((ref) => ref.startsWith(`${place}/`)).map((ref) => `${folder}${ref.slice(place.length)}`),
      )
    },

    async tree(treeish) {
      const id = await treeIdOf(treeish)
      return listing(async () => context.trees.get(id) ?? listTree(context, id, objects, checks))
    },

    async read(ids) {
      ids.forEach(requireSha)
      const wanted = [...new Set(ids)]
      const found = await objects.read(wanted)
      return new Map(
        wanted.map((id, index) => {
          const object = found[index]
          if (object) return [id, object.content]
          throw new DamagedRepository({
            system: 'git',
            operation: 'read',
            target: context.target,
            retryable: true,
            message: `object ${id} is missing`,
          })
        }),
      )
    },

    commit: async (sha) => parseCommit(sha, await rawCommit(sha)),

    async firstParentLog(from, to, limit, paths) {
      requireHistory('firstParentLog')
      ;[to, ...(from ? [from] : [])].forEach(requireSha)
      const places = paths === undefined ? [] : ['--', ...paths]
      const range = ['--first-parent', `--max-count=${limit}`, to, ...(from ? [`^${from}`] : []), ...places]
      return (await commitsOf(range)).toReversed()
    },

    async log(base, head) {
      requireHistory('log')
      ;[base, head].forEach(requireSha)
      return commitsOf(['--reverse', '--topo-order', head, `^${base}`])
    },

    async isAncestor(ancestor, descendant) {
      requireHistory('isAncestor')
      ;[ancestor, descendant].forEach(requireSha)
      const answer = await runGit(context, {
        arguments: ['merge-base', '--is-ancestor', ancestor, descendant],
        accept: [0, 1],
      })
      return answer.exitCode === 0
    },

    async mergeBase(left, right) {
      requireHistory('mergeBase')
      ;[left, right].forEach(requireSha)
      const answer = await runGit(context, { arguments: ['merge-base', left, right], accept: [0, 1] })
      return textOf(answer).trim().split('\n')[0] || undefined
    },

    async changedPaths(from, to) {
      const [before, after] = [await treeIdOf(from), await treeIdOf(to)]
      if (before === after) return []
      const listed = await runGit(context, {
        arguments: ['diff-tree', '-r', '-z', '-M', '--name-status', '--no-ext-diff', before, after],
      })
      return parseChangedPaths(splitByNul(listed))
    },

    async mergeTree(base, head) {
      requireHistory('mergeTree')
      ;[base, head].forEach(requireSha)
      const answer = await runGit(context, {
        arguments: [
          'merge-tree',
          '--write-tree',
          '-z',
          '--name-only',
          '--no-messages',
          '--allow-unrelated-histories',
          base,
          head,
        ],
        accept: [0, 1],
      })
      const [tree = '', ...conflicts] = splitByNul(answer)
      return answer.exitCode === 0 ? { tree } : { conflicts: [...new Set(conflicts)] }
    },

    signedPayload: async (sha) => splitSignature(await rawCommit(sha)),

    treeId: treeIdOf,

    stop() {
      objects.close()
      checks.close()
    },
  }
}

/** Where a mirror keeps what the remote calls `revision`: branches live under `refs/remotes/origin`, so that ours are never mixed with them. */
export function mirrorRefs(revision: string): string[] {
  if (!isRefName(revision)) return []
  if (revision.startsWith('refs/heads/'))
    return [`refs/remotes/origin/${revision.slice('refs/heads/'.length)}`]
  if (revision.startsWith('refs/')) return [revision]
  return [`refs/remotes/origin/${revision}`, `refs/tags/${revision}`]
}

/** A person's clone: names mean what they mean to git there; a branch that only the remote has is found too. */
export function cloneRefs(revision: string): string[] {
  if (revision === 'HEAD' || /^HEAD[~^]\d*$/.test(revision)) return [revision]
  if (!isRefName(revision)) return []
  if (revision.startsWith('refs/')) return [revision]
  return [
    `refs/heads/${revision}`,
    `refs/tags/${revision}`,
    `refs/remotes/${revision}`,
    `refs/remotes/origin/${revision}`,
  ]
}
