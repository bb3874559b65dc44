import type { KeyObject } from 'node:crypto'
import type { Permission } from '../../domain/pull.ts'
import type { Instant, Sha } from '../../domain/refs.ts'
import type { OAuthCode } from './oauth.ts'

/** A user, an organisation, or the bot of an app. */
export interface Account {
  id: number
  login: string
  type: 'User' | 'Organization' | 'Bot'
  name: string
  email: string
  /** A person's access token for git and REST. */
  token: string
  /** Teams the account was put into itself. */
  teams: Set<Team>
  createdAt: Instant
}

export interface Team {
  id: number
  organization: Account
  slug: string
  name: string
  parent?: Team
}

export interface App {
  id: number
  slug: string
  name: string
  owner: Account
  bot: Account
  publicKey: KeyObject
  permissions: Record<string, Access>
  events: string[]
  webhookUrl?: string
  webhookSecret: string
  /** Where people may sign in with it. */
  oauth?: { clientId: string; clientSecret: string; callbackUrl: string }
  createdAt: Instant
}

export type Access = 'read' | 'write' | 'admin'

export interface Installation {
  id: number
  app: App
  account: Account
  repositories: Set<Repository>
  permissions: Record<string, Access>
  suspended?: { at: Instant; by: Account }
  createdAt: Instant
}

export interface InstallationToken {
  token: string
  installation: Installation
  permissions: Record<string, Access>
  repositories: Set<Repository>
  expiresAt: Instant
}

export interface Repository {
  id: number
  owner: Account
  name: string
  isPrivate: boolean
  defaultBranch: string
  /** The bare repository. */
  folder: string
  createdAt: Instant
  pushedAt: Instant
  collaborators: Map<Account, Permission>
  teams: Map<Team, Permission>
  /** Branch name, or a pattern whose `*` stands for anything. */
  protections: Map<string, Protection>
  /** Rules of active rule sets: read by apps, not enforced here. */
  rules: BranchRule[]
  mergeMethods: { merge: boolean; squash: boolean; rebase: boolean }
  deleteBranchOnMerge: boolean
  pulls: Map<number, Pull>
  /** Those that are no pull requests; they share the numbers. */
  issues: Map<number, Issue>
  labels: Map<string, Label>
  suites: CheckSuite[]
  runs: CheckRun[]
  statuses: CommitStatus[]
  deployments: Deployment[]
  /** The merge queue, the next to be merged first. */
  queue: QueuePlace[]
  nextNumber: number
}

export interface QueuePlace {
  pull: Pull
  /** Who put it there. */
  by: { account: Account; app?: App }
  baseSha: Sha
  headSha: Sha
  /** `gh-readonly-queue/<base>/pr-<number>-<base's commit>`. */
  branch: string
}

export interface BranchRule {
  rulesetId: number
  branch: string
  type: string
  parameters?: Record<string, unknown>
}

export interface Protection {
  requiredChecks?: { strict: boolean; checks: { context: string; appId?: number }[] }
  requiredReviews?: { count: number; dismissStale?: boolean; lastPushApproval?: boolean }
  enforceAdmins?: boolean
  /** Only these may push; undefined: everybody who may write. */
  restrictions?: { users: string[]; teams: string[]; apps: string[] }
  /** Only the merge queue merges. */
  mergeQueue?: boolean
  allowForcePushes?: boolean
  allowDeletions?: boolean
}

export interface Label {
  id: number
  name: string
  color: string
  description: string | null
}

export interface Pull {
  id: number
  repository: Repository
  number: number
  title: string
  body: string | null
  author: Account
  state: 'open' | 'closed'
  isDraft: boolean
  /** Only who may write here can comment; an app cannot. */
  isLocked?: boolean
  headBranch: string
  headSha: Sha
  baseBranch: string
  /** The base branch's tip when the head last moved: GitHub does not follow the base. */
  baseSha: Sha
  /** Who pushed the head last. */
  lastPusher: Account
  mergeability: 'unknown' | 'computing' | 'clean' | 'conflicting'
  size: { commits: number; additions: number; deletions: number; changedFiles: number }
  requestedUsers: Set<Account>
  requestedTeams: Set<Team>
  assignees: Set<Account>
  labels: Set<Label>
  comments: IssueComment[]
  reviews: Review[]
  timeline: { at: Instant; by: Account; text: string }[]
  createdAt: Instant
  updatedAt: Instant
  closedAt?: Instant
  /** Who asked GitHub to merge as soon as it may. */
  autoMerge?: { by: Account; method: MergeMethod }
  merged?: { at: Instant; by: Account; sha: Sha; method: MergeMethod }
}

export interface Issue {
  id: number
  number: number
  title: string
  body: string | null
  author: Account
  app?: App
  createdAt: Instant
}

export type MergeMethod = 'merge' | 'squash' | 'rebase'

export interface IssueComment {
  id: number
  pull: Pull
  author: Account
  app?: App
  body: string
  createdAt: Instant
  updatedAt: Instant
  lastEditedAt?: Instant
  reactions: Reaction[]
}

export type ReactionContent = '+1' | '-1' | 'laugh' | 'confused' | 'heart' | 'hooray' | 'rocket' | 'eyes'

export interface Reaction {
  id: number
  by: Account
  content: ReactionContent
  createdAt: Instant
}

export interface Review {
  id: number
  pull: Pull
  author: Account
  body: string
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING'
  sha: Sha
  submittedAt?: Instant
}

export interface CheckSuite {
  id: number
  repository: Repository
  app: App
  sha: Sha
  branch: string | null
  before: Sha | null
  createdAt: Instant
  updatedAt: Instant
}

export interface CheckRun {
  id: number
  suite: CheckSuite
  name: string
  externalId: string
  detailsUrl?: string
  status: 'queued' | 'in_progress' | 'completed'
  conclusion: string | null
  startedAt: Instant
  completedAt?: Instant
  output: { title: string | null; summary: string | null; text: string | null }
  annotations: Record<string, unknown>[]
  actions: { label: string; description: string; identifier: string }[]
}

export interface CommitStatus {
  id: number
  sha: Sha
  state: 'error' | 'failure' | 'pending' | 'success'
  context: string
  description: string | null
  targetUrl: string | null
  creator: Account
  createdAt: Instant
}

export interface Deployment {
  id: number
  sha: Sha
  ref: string
  task: string
  environment: string
  isTransient: boolean
  isProduction: boolean
  description: string | null
  payload: Record<string, unknown>
  creator: Account
  app?: App
  createdAt: Instant
  updatedAt: Instant
  statuses: DeploymentStatus[]
}

export interface DeploymentStatus {
  id: number
  state: string
  description: string
  environment: string
  environmentUrl: string
  logUrl: string
  creator: Account
  createdAt: Instant
}

/** Everything the emulated GitHub knows, apart from git's own objects and refs. */
export interface State {
  /** By lower-case login. */
  accounts: Map<string, Account>
  teams: Team[]
  apps: Map<number, App>
  installations: Installation[]
  tokens: Map<string, InstallationToken>
  /** Of people, given to apps that they signed in to. */
  userTokens: Map<string, { account: Account; expiresAt: Instant }>
  oauthCodes: Map<string, OAuthCode>
  repositories: Repository[]
  lastId: number
}

export function createState(): State {
  return {
    accounts: new Map(),
    teams: [],
    apps: new Map(),
    installations: [],
    tokens: new Map(),
    userTokens: new Map(),
    oauthCodes: new Map(),
    repositories: [],
    lastId: 10_000,
  }
}

/** Ids grow by one across all kinds, so that an id of the wrong kind never happens to fit. */
export function nextId(state: State): number {
  state.lastId += 1
  return state.lastId
}

export function fullNameOf(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`
}

export function findRepository(state: State, owner: string, name: string): Repository | undefined {
  const wanted = `${owner}/${name}`.toLowerCase()
  return state.repositories.find((repository) => fullNameOf(repository).toLowerCase() === wanted)
}

export function findAccount(state: State, login: string): Account | undefined {
  return state.accounts.get(login.toLowerCase())
}

/** Members of the team and of the teams below it. */
export function teamMembers(state: State, team: Team): Account[] {
  const below = state.teams.filter((other) => other.parent === team)
  const own = [...state.accounts.values()].filter((account) => account.teams.has(team))
  return [...new Set([...own, ...below.flatMap((child) => teamMembers(state, child))])]
}
