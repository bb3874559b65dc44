import { fullName, type RepositoryRef } from '../domain/refs.ts'
import type { Clock } from '../ports/clock.ts'
import type { Git, GitRepository } from '../ports/git.ts'
import type { GitHub } from '../ports/github.ts'

type Known = Awaited<ReturnType<GitHub['repositories']>>[number]

/** The repositories of every installation, by their numeric id, and their mirrors. */
export interface Repositories {
  /** Reads the list again; answers all. */
  refresh(): Promise<RepositoryRef[]>
  open(ref: RepositoryRef): Promise<GitRepository>
  defaultBranch(ref: RepositoryRef): Promise<string>
  /** Ends what runs beside the mirrors. */
  close(): Promise<void>
  /** Those known since the last look. */
  all(): RepositoryRef[]
  /** GitHub's names do not tell upper from lower case. */
  named(owner: string, name: string): RepositoryRef | undefined
  /** The same, on a list that is some minutes old at most: the app may have been taken out of a repository since. */
  lately(owner: string, name: string): Promise<RepositoryRef | undefined>
}

const listEveryMs = 5 * 60_000

export function createRepositories(
  github: Pick<GitHub, 'repositories'>,
  git: Git,
  tokenFor: (ref: RepositoryRef) => Promise<string>,
  clock: Pick<Clock, 'now'>,
): Repositories {
  const known = new Map<string, Known>()

  const opened = new Map<string, GitRepository>()

  let listedAt: number | undefined
  const refresh = async () => {
    const repositories = await github.repositories()
    listedAt = clock.now()
    known.clear()
    for (const repository of repositories) known.set(repository.id, repository)
    return repositories
  }
  const find = async (ref: RepositoryRef): Promise<Known> => {
    if (!known.has(ref.id)) await refresh()
    const repository = known.get(ref.id)
    if (!repository) throw new Error(`${fullName(ref)} is not among the repositories of this app`)
    return repository
  }

  const named: Repositories['named'] = (owner, name) => {
    const wanted = `${owner}/${name}`.toLowerCase()
    return [...known.values()].find((repository) => fullName(repository).toLowerCase() === wanted)
  }

  return {
    refresh,
    async open(ref) {
      const { id, gitUrl } = await find(ref)
      const repository = await git.open({ kind: 'remote', key: id, url: gitUrl, token: () => tokenFor(ref) })
      opened.set(id, repository)
      return repository
    },
    async close() {
      await Promise.all([...opened.values()].map((repository) => repository.close()))
      opened.clear()
    },
    async defaultBranch(ref) {
      return (await find(ref)).defaultBranch
    },
    all: () => [...known.values()],
    named,
    async lately(owner, name) {
      if (listedAt === undefined || clock.now() - listedAt > listEveryMs) await refresh()
      return named(owner, name)
    },
  }
}
