import { createHash } from 'node:crypto'
import type { FileContent, GitEntry, GitTree } from '../../src/domain/repository-files.ts'
import type { Instant, Sha } from '../../src/domain/refs.ts'
import type { ChangedPath, CommitToWrite, GitCommit, GitRepository } from '../../src/ports/git.ts'

/** A repository that lives in memory: what people push to and the product mirrors. Trees are lists of files. */
export interface MemoryGit {
  /** Branch → commit, as the remote has it now. */
  branches: Map<string, Sha>
  /** A mirror that knows what the remote had when it was last fetched. */
  mirror(): GitRepository
  /** The same remote at this moment; what happens to either later does not reach the other. */
  copy(): MemoryGit
  /** Path → text of a commit's or tree's files. */
  texts(treeish: Sha): Map<string, string>
  tree(treeish: Sha): GitTree
  commit(sha: Sha): GitCommit
  isAncestor(ancestor: Sha, descendant: Sha): boolean
  mergeBase(left: Sha, right: Sha): Sha | undefined
  mergeTree(base: Sha, head: Sha): { tree: Sha } | { conflicts: string[] }
  log(base: Sha, head: Sha): GitCommit[]
  /** A commit and all before it. */
  commits(head: Sha): Sha[]
  writeTree(base: Sha | undefined, files: Record<string, FileContent>): Sha
  writeCommit(commit: CommitToWrite): Sha
}

interface Objects {
  blobs: Map<Sha, string>
  trees: Map<Sha, GitTree>
  commits: Map<Sha, GitCommit & { payload: string; signature?: string }>
}

export function createMemoryGit(): MemoryGit {
  return openMemoryGit({ blobs: new Map(), trees: new Map(), commits: new Map() }, new Map())
}

/** Objects never change, so copies share them. */
function openMemoryGit(objects: Objects, branches: Map<string, Sha>): MemoryGit {
  const { blobs, trees, commits } = objects

  const commit = (sha: Sha): GitCommit & { payload: string; signature?: string } =>
    required(commits.get(sha), `commit ${sha}`)
  const tree = (treeish: Sha): GitTree =>
    required(trees.get(treeish) ?? trees.get(commits.get(treeish)?.tree ?? ''), `tree ${treeish}`)
  const idsOf = (treeish: Sha | undefined): Map<string, Sha> =>
    new Map(treeish === undefined ? [] : tree(treeish).entries.map(({ path, id }) => [path, id]))

  /** Every commit that can be reached, the newest first. */
  const reachable = (from: Sha): Set<Sha> => {
    const seen = new Set<Sha>()
    const next = [from]
    for (let sha = next.shift(); sha !== undefined; sha = next.shift()) {
      if (seen.has(sha)) continue
      seen.add(sha)
      next.push(...commit(sha).parents)
    }
    return seen
  }

  const keepTree = (ids: ReadonlyMap<string, Sha>): Sha => {
    const entries = [...ids]
      .map(([path, id]): GitEntry => ({ path, mode: '100644', id, size: blobs.get(id)?.length ?? 0 }))
      .toSorted((left, right) => (left.path < right.path ? -1 : 1))
    const id = hash('tree', entries.map((entry) => `${entry.path} ${entry.id}`).join('\n'))
    if (!trees.has(id)) trees.set(id, { id, entries })
    return id
  }

  const git: MemoryGit = {
    branches,
    copy: () => openMemoryGit(objects, new Map(branches)),
    tree,
    commit,
    texts: (treeish) => new Map(tree(treeish).entries.map(({ path, id }) => [path, blobs.get(id) ?? ''])),
    isAncestor: (ancestor, descendant) => reachable(descendant).has(ancestor),
    mergeBase(left, right) {
      const ours = reachable(left)
      return [...reachable(right)].find((sha) => ours.has(sha))
    },
    commits: (head) => [...reachable(head)],
    log(base, head) {
      const known = reachable(base)
      return [...reachable(head)]
        .filter((sha) => !known.has(sha))
        .map(commit)
        .toReversed()
    },

    /** Three ways, file by file: a file that both sides changed otherwise is a conflict. */
    mergeTree(base, head) {
      const ancestor = idsOf(git.mergeBase(base, head))
      const [ours, theirs] = [idsOf(base), idsOf(head)]
      const merged = new Map(ours)
      const conflicts: string[] = []
      for (const path of new Set([...ours.keys(), ...theirs.keys()])) {
        const [old, own, other] = [ancestor.get(path), ours.get(path), theirs.get(path)]
        if (other === old || other === own) continue
        if (own !== old) conflicts.push(path)
        else if (other === undefined) merged.delete(path)
        else merged.set(path, other)
      }
      return conflicts.length > 0 ? { conflicts } : { tree: keepTree(merged) }
    },

    writeTree(base, files) {
      const ids = idsOf(base)
      for (const [path, content] of Object.entries(files)) {
        if (typeof content === 'string') {
          const id = hash('blob', content)
          blobs.set(id, content)
          ids.set(path, id)
        } else if (content !== null) ids.set(path, content.id)
        else if (path.endsWith('/')) {
          for (const known of ids.keys()) if (known.startsWith(path)) ids.delete(known)
        } else ids.delete(path)
      }
      return keepTree(ids)
    },

    writeCommit({ tree: treeId, parents, message, author, at, sign }) {
      const seconds = Math.floor(at / 1_000)
      const who = `${author.name} <${author.email}> ${seconds} +0000`
      const lines = [`tree ${treeId}`, ...parents.map((parent) => `parent ${parent}`)]
      const payload = [...lines, `author ${who}`, `committer ${who}`, '', message].join('\n')
      const signature = sign?.(payload)
      const sha = hash('commit', `${payload}\0${signature ?? ''}`)
      const by = { ...author, at: seconds * 1_000 }
      commits.set(sha, { sha, tree: treeId, parents, message, author: by, committer: by, payload, signature })
      return sha
    },

    mirror: () => createMirror(git, objects),
  }
  return git
}

function createMirror(git: MemoryGit, { blobs, commits }: Objects): GitRepository {
  let known = new Map(git.branches)
  return {
    async fetch() {
      known = new Map(git.branches)
    },
    async resolve(revision) {
      if (commits.has(revision)) return revision
      return known.get(revision.replace(/^refs\/heads\//, ''))
    },
    branches: async (folder) => [...known.keys()].filter((name) => name.startsWith(`${folder}/`)),
    tree: async (treeish) => git.tree(treeish),
    read: async (ids) => new Map(ids.map((id) => [id, Buffer.from(blobs.get(id) ?? '')])),
    commit: async (sha) => git.commit(sha),
    async firstParentLog(from, to, limit, paths) {
      const all: GitCommit[] = []
      for (let sha: Sha | undefined = to; sha !== undefined && sha !== from; sha = all.at(-1)?.parents[0]) {
        all.push(git.commit(sha))
      }
      const touches = ({ sha, parents: [parent] }: GitCommit) =>
        changedPaths(git.tree(parent ?? git.writeTree(undefined, {})), git.tree(sha)).some(({ path }) =>
          paths?.includes(path),
        )
      const log = paths === undefined ? all : all.filter(touches)
      return from === undefined ? log.slice(0, limit).toReversed() : log.toReversed().slice(0, limit)
    },
    log: async (base, head) => git.log(base, head),
    isAncestor: async (ancestor, descendant) => git.isAncestor(ancestor, descendant),
    mergeBase: async (left, right) => git.mergeBase(left, right),
    changedPaths: async (from, to) => changedPaths(git.tree(from), git.tree(to)),
    mergeTree: async (base, head) => git.mergeTree(base, head),
    writeTree: async (base, files) => git.writeTree(base, files),
    writeCommit: async (commit) => git.writeCommit(commit),
    async push(branch, commit, expected) {
      if (git.branches.get(branch) !== expected) {
        known = new Map(git.branches)
        return 'moved'
      }
      git.branches.set(branch, commit)
      known.set(branch, commit)
      return 'pushed'
    },
    async signedPayload(sha) {
      const { payload, signature } = required(commits.get(sha), `commit ${sha}`)
      return { payload, signature }
    },
    async close() {},
  }
}

function changedPaths(from: GitTree, to: GitTree): ChangedPath[] {
  const [before, after] = [from, to].map(({ entries }) => new Map(entries.map(({ path, id }) => [path, id])))
  return [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])].flatMap(
    (path): ChangedPath[] => {
      const [old, young] = [before?.get(path), after?.get(path)]
      if (old === young) return []
      return [{ path, status: old === undefined ? 'added' : young === undefined ? 'removed' : 'modified' }]
    },
  )
}

/** A commit of somebody who is no program of ours. */
export function commitOf(tree: Sha, parents: Sha[], message: string, by: string, at: Instant): CommitToWrite {
  return { tree, parents, message, author: { name: by, email: `${by}@shop.example` }, at }
}

function hash(kind: string, text: string): Sha {
  return createHash('sha1').update(`${kind}\0${text}`).digest('hex')
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what}`)
  return value
}
