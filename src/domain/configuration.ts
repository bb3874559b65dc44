import type { ChartPin } from './chart-pin.ts'
import type { DemandedCheck } from './check-answer.ts'
import type { HealthRuleText, ReconcileSettings } from './reconcile-settings.ts'
import type { KubernetesFacts, RendererName } from './rendered-target.ts'
import type { MergeMethod } from './merge.ts'
import type { Instant } from './refs.ts'
import type { Slo } from './slo.ts'
import type { SignedCommits } from './commit-signature.ts'
import type { Tenant } from './tenant.ts'

/** The repository's configuration after parsing and defaults; `.drawbridge.yaml` of the base branch decides. */
export interface Configuration {
  /** False where the repository has no configuration: everything is then discovered and nothing is applied. */
  isConfigured: boolean
  applications: ApplicationRule[]
  /** In the order of the file; the graph's edges are in `promotion.from`. */
  environments: Environment[]
  roles: Role[]
  policies: PolicySettings
  /** Helm charts of other hosts that may be rendered; none where absent. */
  charts?: ChartPin[]
  /** Absent: nothing is hidden but what is hidden everywhere. */
  diff?: DiffSettings
  slos: Slo[]
  /** How Drawbridge merges its own proposals, where the repository allows it; absent: squash, merge or rebase, the first that it allows. */
  merge?: { method: MergeMethod }
  /** How objects of further kinds tell how they are, in every environment. */
  health?: HealthRuleText[]
  /** Freezes as code, of the repository and of its organisation; absent: none. */
  freezes?: FreezeRule[]
  /** Absent: clusters are known by the names that environments give them, and by nothing else. */
  clusters?: DeclaredCluster[]
  /** By file: each file's tenants limit every application; absent: none are limited. */
  tenants?: Tenant[][]
}

/** A cluster as the repository declares it. */
export interface DeclaredCluster {
  name: string
  /** The one environment that it serves; absent: whichever names it. */
  environment?: string
  /** What waves select by, `region` among them. */
  labels: Record<string, string>
  /** Absent: by the operator's kubeconfig of its own name where there is one, else by an agent whose reports nobody believes. */
  access?: ClusterAccess
}

/** Who writes to a cluster, and with which credentials. None of them stands in the repository. */
export type ClusterAccess =
  /** An agent beside the cluster; these public keys (`ssh-ed25519 AAAA…`) sign its reports. */
  | { kind: 'agent'; keys: string[] }
  /** This app, with the operator's kubeconfig of that name. */
  | { kind: 'kubeconfig'; name: string }
  /** This app, with the Secret `<cluster>-kubeconfig` that Cluster API keeps in a namespace of the management cluster. */
  | { kind: 'cluster-api'; management: string; namespace: string }

/** Closes what it names as soon as it is on the base branch; the command `/freeze` needs nobody's merge. */
export interface FreezeRule {
  /** Globs (`*` only). */
  environments: string[]
  applications: string[]
  reason: string
  until?: Instant
  /** Where it is written, for people: `.drawbridge.yaml`, `shop/.github: .drawbridge.yaml`. */
  rule: string
  /** No hotfix passes it: a repository widens nothing of its organisation's. */
  ofOrganisation?: true
}

/** Keys that an organisation can keep for itself. Its approvals, windows and masks need no lock: they only ever add up. */
export const lockableKeys = ['roles', 'policies'] as const
export type LockableKey = (typeof lockableKeys)[number]

/** What an organisation asks of each of its repositories: `.drawbridge.yaml` of its repository `.github`. */
export interface OrganisationRules {
  /** Where it is written, for people: `shop/.github: .drawbridge.yaml`. */
  rule: string
  locked: LockableKey[]
  environments: EnvironmentRules[]
  roles: Role[]
  severities: PolicySettings['severities']
  /** Its policies by path, as `shop/.github: policies/owners.yaml`. */
  policies: Record<string, string>
  mask: string[]
  freezes: FreezeRule[]
  tenants?: Tenant[]
}

/** What is asked of every environment whose name fits, besides what its repository asks. */
export interface EnvironmentRules {
  /** A glob (`*` only). */
  environments: string
  /** True: protected, whatever the repository says. */
  isProtected: boolean
  approvals: ApprovalRule
  windows: Window[]
}

/** Where applications live: `apps/{application}/overlays/{environment}`. First match wins. */
export interface ApplicationRule {
  path: string
  /** Helm: values files relative to the chart, `{environment}` replaced. Empty: by convention. */
  valueFiles: string[]
  namespace?: string
  /** Decides how what it matches is rendered; found out where absent. */
  renderer?: RendererName
  /** The plug-in's name in the operator's settings, where `renderer` is `plugin`. */
  plugin?: string
  /** Patterns of files outside of the folder that the plug-in reads. */
  inputs?: string[]
  dependsOn?: Dependency[]
  conflicts?: ConflictRule[]
  /** What a promotion carries from one environment to the next; absent: images and charts. */
  promote?: Promoted[]
}

/** One thing that a promotion carries. Paths are relative to the application's folder; `{environment}` is replaced. */
export type Promoted =
  /** The tag or digest of every image that runs on both sides. */
  | { kind: 'images' }
  /** The version of every chart that is named on both sides. */
  | { kind: 'charts' }
  /** One value of one file; keys, and indexes of lists as numbers. */
  | { kind: 'field'; file: string; field: (string | number)[] }
  /** Every file of a folder but those named, which stay as they are; `.` is the application's own. */
  | { kind: 'folder'; folder: string; except: string[] }

/** The versions that run, and nothing that an environment has for itself. */
export const promotedByDefault: readonly Promoted[] = [{ kind: 'images' }, { kind: 'charts' }]

/** What is done where another manager owns a field that we apply with another value. */
export const conflictAnswers = ['take-over', 'yield', 'fail'] as const
export type ConflictAnswer = (typeof conflictAnswers)[number]

/** The first that fits decides, before the rules that are always there. */
export interface ConflictRule {
  /** Globs (`*` only) of field managers. */
  managers: string[]
  /** Dotted beginnings of fields, as `spec.replicas`; every field where absent. */
  fields?: string[]
  /** Kinds; every kind where absent. */
  kinds?: string[]
  answer: ConflictAnswer
}

/** What must be healthy before an application is applied. */
export interface Dependency {
  application: string
  /** The same environment where absent. */
  environment?: string
  /** The same cluster where the application runs there, else every cluster on which it runs. */
  cluster?: string
}

export interface Environment {
  name: string
  /** Rolled out wave by wave, the clusters of a wave in parallel; a failed wave stops the rest. */
  waves: string[][]
  /** An unattested revision is never applied to a protected environment. Default true. */
  isProtected: boolean
  /** Where what runs there can be looked at. */
  url?: string
  promotion?: PromotionRule
  approvals: ApprovalRule
  windows: Window[]
  /** Changes may be declared a hotfix here; the approvals that one needs, where they are not those of every change. */
  hotfix?: { approvals?: ApprovalRule }
  /** What is done about a release that does not become healthy in time; absent: the board says so. */
  onUnhealthy?: 'revert' | 'propose' | 'report'
  /** What its cluster side is told. */
  reconcile?: Omit<ReconcileSettings, 'health' | 'tenants'>
  /** What charts are told about its clusters. */
  kubernetes?: KubernetesFacts
  /** Absent: signed or not is all the same. */
  signedCommits?: SignedCommits
}

export interface PromotionRule {
  from: PromotionSources
  /** How long a version must have been healthy there. */
  soakSeconds: number
  /** Open the promotion pull request without being asked. */
  isAutomatic: boolean
  /** How the application's SLOs have to stand there; absent: they are not asked. */
  slos?: SloDemand
  /** What has to be green on the commit that is carried, besides. */
  checks?: DemandedCheck[]
  /** Which of several releases there go on by themselves; absent: `newest`. */
  batch?: Batch
  /** `rule`: Drawbridge merges its own promotion when every gate is open; `people`: somebody presses the button. */
  merge: 'rule' | 'people'
}

/** `healthy`: what nobody can tell waits. `not-breached`: it is said, and passes. */
export const sloDemands = ['healthy', 'not-breached'] as const
export type SloDemand = (typeof sloDemands)[number]

/**
 * `newest`: what has soaked last, and with it all before it. `every`: each in its turn, the next when the one before has
 * arrived. `quiet`: only what runs there now.
 */
export const batches = ['newest', 'every', 'quiet'] as const
export type Batch = (typeof batches)[number]

/** The environments before one: at least `need` of them have to be through with the same thing. */
export interface PromotionSources {
  environments: string[]
  need: number
}

export interface ApprovalRule {
  /** The requester, author, committers and pushers never count. Default true. */
  fourEyes: boolean
  /** Undefined asks nobody. */
  need?: ApprovalNeed
}

/** What has to come together. A need whose `when` fits nothing that changes asks nobody. */
export type ApprovalNeed = PeopleNeed | { kind: 'all' | 'any'; of: ApprovalNeed[]; when: ApprovalCondition }

export interface PeopleNeed {
  kind: 'people'
  /** `owners`: by CODEOWNERS, see `each`; otherwise team names (`@shop/platform`) and logins (`@ada`). */
  from: 'owners' | string[]
  /** How many different people, at least 1. */
  count: number
  /** Owners only: how many of each group of owners, or every owner that is named. */
  each: number | 'all'
  when: ApprovalCondition
}

/** All that is given must fit one and the same changed target; nothing given fits every change. */
export interface ApprovalCondition {
  /** Globs (`*` only). */
  applications?: string[]
  /** Patterns as in CODEOWNERS, of changed files. */
  paths?: string[]
  /** Codes of danger lines: `rbac-widened`. */
  dangers?: string[]
}

/** Allow windows: closed outside all of them. Deny windows win. `exceptClasses` pass whatever the clock says. */
export interface Window {
  kind: 'allow' | 'deny'
  /** Whose rule, where it is not the repository's. Inside an allow window of each of them a change may start. */
  rule?: string
  /** For people: `office hours`. */
  name: string
  /** IANA zone in which `days`, `from` and `to` are read. */
  zone: string
  /** 0 Sunday … 6 Saturday. */
  days: number[]
  /** Wall clock `HH:MM`; `to` is exclusive; `24:00` is the end of the day. */
  from: string
  to: string
  /** Which of the month's days of that name: 1 the first, -1 the last. */
  weeks?: number[]
  /** Days of the month, 1 … 31, or from its end: -1 is the last. */
  monthDays?: number[]
  /** 1 January … 12 December. */
  months?: number[]
  /** Only on these days, sorted ISO dates: written out, or read from a calendar file. */
  dates?: string[]
  /** One-off windows: ISO dates `YYYY-MM-DD` (inclusive) that bound it. */
  startDate?: string
  endDate?: string
  exceptClasses: ChangeClass[]
}

export type ChangeClass = 'change' | 'promotion' | 'revert' | 'hotfix'

export const commandVerbs = [
  'recheck',
  'diff',
  'approve',
  'promote',
  'revert',
  'freeze',
  'unfreeze',
  'lock',
  'unlock',
  'override',
  'hotfix',
  'ack-delete',
  'pin',
  'unpin',
  'hold',
  'unhold',
  'pause',
  'unpause',
  'resume',
  'sync',
  'explain',
  'status',
  'help',
] as const
export type CommandVerb = (typeof commandVerbs)[number]

/** Who (any of) may do what, where. Nothing is granted by default but `help`, `explain`, `status`, `diff` and `recheck`. */
export interface Role {
  name: string
  /** `@org/team` or `@login`. */
  members: string[]
  /** Or everybody with at least this permission on the repository. */
  permission?: 'read' | 'write' | 'maintain' | 'admin'
  may: CommandVerb[]
  /** Globs (`*` only); `['*']` is everywhere. */
  environments: string[]
  applications: string[]
}

export interface DiffSettings {
  /** Names of fields, variables and keys whose values are never shown, `*` for any text; see `features/diff/sensitive-names.ts`. */
  mask: string[]
}

export interface PolicySettings {
  /** Severity by policy name; `off` turns it off. Policies that are not named keep their own severity. */
  severities: Record<string, 'error' | 'warning' | 'notice' | 'off'>
  /** Folders of the repository with further policies. */
  folders: string[]
  /** Policies of the organisation: path → text. */
  ofOrganisation?: Record<string, string>
}
