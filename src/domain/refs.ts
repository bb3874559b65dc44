/** Milliseconds since the Unix epoch, UTC. */
export type Instant = number

/** A full git object id: 40 or 64 lower-case hexadecimal digits, never abbreviated. */
export type Sha = string

/** A git commit whose tree is desired. */
export type Revision = Sha

/** Identity is the numeric `id`, which survives renames and transfers; `owner/name` is for addresses and people. */
export interface RepositoryRef {
  id: string
  owner: string
  name: string
  /** The GitHub App installation through which we may act on the repository. */
  installation: string
}

export interface PullRef {
  repository: RepositoryRef
  number: number
}

/** Who did something. Rights follow `id`; a login can be renamed and registered again by someone else. */
export interface Actor {
  id: string
  login: string
  isBot: boolean
}

/** One application in one environment on one cluster. */
export interface Target {
  application: string
  environment: string
  cluster: string
}

/** Also the folder of the target on the rendered ref of its environment: `<cluster>/<application>`. */
export function targetPath(target: Target): string {
  return `${target.cluster}/${target.application}`
}

export function targetKey(target: Target): string {
  return `${target.environment}/${targetPath(target)}`
}

export function repositoryKey(repository: RepositoryRef): string {
  return repository.id
}

export function pullKey(pull: PullRef): string {
  return `${pull.repository.id}#${pull.number}`
}

/** `owner/name`, as people and GitHub's addresses write it. */
export function fullName(repository: RepositoryRef): string {
  return `${repository.owner}/${repository.name}`
}
