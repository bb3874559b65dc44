import type { Sha } from '../../domain/refs.ts'
import { type GitContext, runGit, textOf } from './git-command.ts'
import type { ListRefs } from './list-refs.ts'
import { isRefName } from './parse-git.ts'
import { fetchEverything, fetchRefs, isGone } from './remote.ts'
import { type Remote, remoteAccess } from './remote-access.ts'

export interface RemoteFollower {
  /** Brings the mirror's refs up to date. */
  look(): Promise<void>
  /** This process itself has moved a branch of the remote, and the mirror's with it. */
  moved(branch: string, commit: Sha): void
  /** The mirror was made anew. */
  forget(): void
}

/** What is asked for; of `refs/pull/` only the heads are kept. */
const prefixes = ['refs/heads/', 'refs/tags/', 'refs/pull/']

/**
 * Follows one remote. A look that finds nothing new is one request of ours; git runs only to bring what differs, by
 * the very ids that were listed. Remotes that cannot be asked so are fetched by git at every look.
 */
export function followRemote(context: GitContext, remote: Remote, listRefs: ListRefs): RemoteFollower {
  /** The mirror's refs as they are on disk; undefined where git has changed them by itself. */
  let mirrored: Map<string, Sha> | undefined

  const fetchByGit = async () => {
    mirrored = undefined
    await fetchEverything(context, remote)
  }

  return {
    async look() {
      const listed = await listRefs(await remoteAccess(remote, context.target), prefixes)
      if (!listed) return fetchByGit()
      const wanted = toMirror(listed)
      const known = (mirrored ??= await readRefs(context))
      const changed = [...wanted].filter(([ref, id]) => known.get(ref) !== id)
      const deleted = [...known.keys()].filter((ref) => !wanted.has(ref))
      if (changed.length + deleted.length === 0) return
      if (known.size === 0) return fetchByGit()
      mirrored = undefined
      // First: what is left of a deleted branch may stand in the way of a new one, as `x/y` of `x`.
      await deleteRefs(context, deleted)
      if (await bring(changed)) mirrored = wanted
    },
    moved: (branch, commit) => void mirrored?.set(`refs/remotes/origin/${branch}`, commit),
    forget() {
      mirrored = undefined
    },
  }

  /** Whether the mirror now has what was listed; something newer where the remote went on in between. */
  async function bring(changed: [string, Sha][]): Promise<boolean> {
    if (changed.length === 0) return true
    try {
      await fetchRefs(context, remote, changed)
      return true
    } catch (error) {
      if (!isGone(error)) throw error
      await fetchEverything(context, remote)
      return false
    }
  }
}

/** The remote's refs by the names that the mirror gives them; those it does not keep are left out. */
function toMirror(listed: ReadonlyMap<string, Sha>): Map<string, Sha> {
  const named = [...listed].flatMap(([name, id]): [string, Sha][] => {
    const mirrored = mirrorName(name)
    return mirrored && isRefName(name) ? [[mirrored, id]] : []
  })
  return new Map(named)
}

function mirrorName(name: string): string | undefined {
  if (name.startsWith('refs/heads/')) return `refs/remotes/origin/${name.slice('refs/heads/'.length)}`
  const isKept = name.startsWith('refs/tags/') || /^refs\/pull\/.+\/head$/.test(name)
  return isKept ? name : undefined
}

async function readRefs(context: GitContext): Promise<Map<string, Sha>> {
  const listed = await runGit(context, { arguments: ['for-each-ref', '--format=%(refname) %(objectname)'] })
  const rows = textOf(listed).split('\n').filter(Boolean)
  return new Map(rows.map((row): [string, Sha] => [row.split(' ')[0] ?? '', row.split(' ')[1] ?? '']))
}

async function deleteRefs(context: GitContext, refs: string[]): Promise<void> {
  if (refs.length === 0) return
  const commands = refs.map((ref) => `delete ${ref}\0\0`).join('')
  await runGit(context, { arguments: ['update-ref', '--no-deref', '-z', '--stdin'], stdin: commands })
}
