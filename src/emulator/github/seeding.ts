import { createPublicKey } from 'node:crypto'
import type { Permission } from '../../domain/pull.ts'
import type { Sha } from '../../domain/refs.ts'
import { fullPermissions } from './full-permissions.ts'
import type { Files } from './git-store.ts'
import type { Hub } from './hub.ts'
import { personOf } from './merge.ts'
import {
  findAccount,
  nextId,
  type Access,
  type Account,
  type App,
  type Installation,
  type Protection,
  type Repository,
  type Team,
} from './state.ts'
import { installationsChanged } from './installations.ts'

/** How a test or the demo fills the emulated GitHub. */
export interface Seeding {
  addUser(login: string, name?: string): Account
  addOrganization(login: string): Account
  addTeam(organization: string, slug: string, members: string[], parent?: Team): Team
  removeFromTeam(team: Team, login: string): void
  addRepository(wanted: RepositoryToAdd): Promise<Repository>
  protect(repository: Repository, branch: string, protection: Protection | undefined): void
  setPermission(repository: Repository, login: string, permission: Permission): void
  installApp(wanted: AppToInstall): { app: App; installation: Installation }
  /** Puts repositories under an installation or takes them away, with their webhooks. */
  changeInstallation(
    installation: Installation,
    change: { add?: Repository[]; remove?: Repository[]; by: string },
  ): void
  suspend(installation: Installation, isSuspended: boolean, by: string): void
  uninstall(installation: Installation, by: string): void
  /** Where the app's webhooks go from now on. */
  setWebhookUrl(app: App, url: string): void
  ping(app: App): void
  account(login: string): Account
}

export interface RepositoryToAdd {
  owner: string
  name: string
  isPrivate?: boolean
  defaultBranch?: string
  collaborators?: Record<string, Permission>
  teams?: { team: Team; permission: Permission }[]
  /** First commit; without files the repository is empty. */
  files?: Files
  message?: string
  /** Instead of files: what two commits of a repository on this machine hold, and a branch with the change between them. */
  change?: ChangeToCopy
  mergeMethods?: Partial<Repository['mergeMethods']>
  deleteBranchOnMerge?: boolean
}

export interface ChangeToCopy {
  folder: string
  base: Sha
  head: Sha
  branch: string
}

export interface AppToInstall {
  appId: number
  slug: string
  name?: string
  publicKeyPem: string
  permissions?: Record<string, Access>
  events?: string[]
  webhookUrl?: string
  webhookSecret?: string
  oauth?: App['oauth']
  repositories: Repository[]
}

/** Events an app hears where it does not choose. */
const allEvents = [
  'check_run',
  'check_suite',
  'issue_comment',
  'merge_group',
  'pull_request',
  'pull_request_review',
  'push',
]

export function createSeeding(hub: Hub): Seeding {
  const { state } = hub

  const addAccount = (login: string, type: Account['type'], name: string): Account => {
    if (findAccount(state, login)) throw new Error(`the login ${login} is taken`)
    const id = nextId(state)
    const account: Account = {
      id,
      login,
      type,
      name,
      email: `${id}+${login}@users.noreply.github.com`.toLowerCase(),
      token: type === 'User' ? `ghp_${Buffer.from(hub.random.bytes(18)).toString('hex')}` : '',
      teams: new Set(),
      createdAt: hub.clock.now(),
    }
    state.accounts.set(login.toLowerCase(), account)
    return account
  }
  const account = (login: string) => {
    const found = findAccount(state, login)
    if (!found) throw new Error(`there is no account ${login}`)
    return found
  }
  const owner = (login: string) => findAccount(state, login) ?? addAccount(login, 'Organization', login)

  return {
    account,
    addUser: (login, name = login) => addAccount(login, 'User', name),
    addOrganization: (login) => owner(login),
    addTeam(organization, slug, members, parent) {
      const team: Team = { id: nextId(state), organization: owner(organization), slug, name: slug, parent }
      state.teams.push(team)
      for (const login of members) account(login).teams.add(team)
      return team
    },
    removeFromTeam: (team, login) => void account(login).teams.delete(team),
    async addRepository(wanted) {
      const defaultBranch = wanted.defaultBranch ?? 'main'
      const id = nextId(state)
      const repository: Repository = {
        id,
        owner: owner(wanted.owner),
        name: wanted.name,
        isPrivate: wanted.isPrivate ?? true,
        defaultBranch,
        folder: await hub.git.init(String(id), defaultBranch),
        createdAt: hub.clock.now(),
        pushedAt: hub.clock.now(),
        collaborators: new Map(
          Object.entries(wanted.collaborators ?? {}).map(([login, permission]) => [
            account(login),
            permission,
          ]),
        ),
        teams: new Map(wanted.teams?.map(({ team, permission }) => [team, permission])),
        protections: new Map(),
        rules: [],
        mergeMethods: { merge: true, squash: true, rebase: true, ...wanted.mergeMethods },
        deleteBranchOnMerge: wanted.deleteBranchOnMerge ?? false,
        pulls: new Map(),
        issues: new Map(),
        labels: new Map(),
        suites: [],
        runs: [],
        statuses: [],
        deployments: [],
        queue: [],
        nextNumber: 1,
      }
      state.repositories.push(repository)
      if (wanted.change) await copyChange(hub, repository, wanted.change)
      if (wanted.files) await firstCommit(hub, repository, wanted.files, wanted.message ?? 'Initial commit')
      return repository
    },
    protect(repository, branch, protection) {
      if (protection) repository.protections.set(branch, protection)
      else repository.protections.delete(branch)
    },
    setPermission: (repository, login, permission) =>
      void repository.collaborators.set(account(login), permission),
    installApp(wanted) {
      const app = createApp(hub, wanted, addAccount(`${wanted.slug}[bot]`, 'Bot', `${wanted.slug}[bot]`))
      state.apps.set(app.id, app)
      const installation: Installation = {
        id: nextId(state),
        app,
        account: app.owner,
        repositories: new Set(wanted.repositories),
        permissions: { ...app.permissions },
        createdAt: hub.clock.now(),
      }
      state.installations.push(installation)
      installationsChanged(hub, installation, 'created', app.owner)
      return { app, installation }
    },
    changeInstallation(installation, { add = [], remove = [], by }) {
      for (const each of add) installation.repositories.add(each)
      for (const each of remove) installation.repositories.delete(each)
      if (add.length > 0) installationsChanged(hub, installation, 'added', account(by), add)
      if (remove.length > 0) installationsChanged(hub, installation, 'removed', account(by), remove)
    },
    suspend(installation, isSuspended, by) {
      installation.suspended = isSuspended ? { at: hub.clock.now(), by: account(by) } : undefined
      installationsChanged(hub, installation, isSuspended ? 'suspend' : 'unsuspend', account(by))
    },
    uninstall(installation, by) {
      state.installations.splice(state.installations.indexOf(installation), 1)
      for (const [text, token] of state.tokens)
        if (token.installation === installation) state.tokens.delete(text)
      installationsChanged(hub, installation, 'deleted', account(by))
    },
    setWebhookUrl(app, url) {
      app.webhookUrl = url
    },
    ping: (app) => hub.webhooks.ping(app),
  }
}

function createApp(hub: Hub, wanted: AppToInstall, bot: Account): App {
  const [first] = wanted.repositories
  return {
    id: wanted.appId,
    slug: wanted.slug,
    name: wanted.name ?? wanted.slug,
    owner: first?.owner ?? bot,
    bot,
    publicKey: createPublicKey(wanted.publicKeyPem),
    permissions: { metadata: 'read', ...(wanted.permissions ?? fullPermissions) },
    events: wanted.events ?? allEvents,
    webhookUrl: wanted.webhookUrl,
    webhookSecret: wanted.webhookSecret ?? '',
    oauth: wanted.oauth,
    createdAt: hub.clock.now(),
  }
}

async function firstCommit(hub: Hub, repository: Repository, files: Files, message: string): Promise<void> {
  const person = personOf(repository.owner)
  const text = { message, author: person, committer: person, at: hub.clock.now() }
  const sha = await hub.git.commitFiles(repository.folder, undefined, text, files)
  await hub.git.updateRef(repository.folder, `refs/heads/${repository.defaultBranch}`, undefined, sha)
}

/** Two or three commits without their history: where both sides part, the base's tip, and the head on its branch. */
async function copyChange(hub: Hub, repository: Repository, change: ChangeToCopy): Promise<void> {
  const { folder } = repository
  const { base, head } = change
  await hub.git.borrow(folder, change.folder)
  const fork = (await hub.git.mergeBase(folder, base, head)) ?? base
  const root = await copy(fork, [])
  const tip = fork === base ? root : await copy(base, [root])
  await hub.git.updateRef(folder, `refs/heads/${repository.defaultBranch}`, undefined, tip)
  await hub.git.updateRef(folder, `refs/heads/${change.branch}`, undefined, await copy(head, [root]))

  async function copy(sha: Sha, parents: Sha[]): Promise<Sha> {
    const [found] = await hub.git.commits(folder, '-1', sha)
    const person = personOf(repository.owner)
    const author = found ? { name: found.author.name, email: found.author.email } : person
    const text = { message: found?.message ?? '', author, committer: person, at: hub.clock.now() }
    return hub.git.commitTree(folder, `${sha}^{tree}`, parents, text)
  }
}
