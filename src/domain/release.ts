import type { ConflictRule } from './configuration.ts'
import type { Health } from './health.ts'
import type { Actor, Instant, Revision, Sha, Target } from './refs.ts'
import type { TenantLimits } from './tenant.ts'
import type { OverridableGate, Verdict } from './verdict.ts'

/**
 * What may run on one target, as committed and signed on the rendered ref beside the target's tree
 * (`<cluster>/<application>.release.json`). The attestation: agents apply nothing without it.
 */
export interface Attestation {
  target: Target
  /** Source commit on the base branch. */
  revision: Revision
  /** Git tree id of `<cluster>/<application>` on the rendered ref. */
  digest: Sha
  source: string
  /** Absent for the baseline adopted at installation. */
  pull?: { number: number; title: string; author: Actor; approvedBy: Actor[] }
  kind: 'baseline' | 'change' | 'promotion' | 'revert'
  /** Targets that must be healthy, as attested for them, before this is applied. */
  dependsOn?: Target[]
  /** What is done where others own fields of it. */
  conflicts?: ConflictRule[]
  /** Login of who consented to what it deletes, whatever its kind and number. */
  deletionsBy?: string
  /** How far it may reach, by the rules that were in force; absent: no tenants were declared. */
  tenants?: TenantLimits[]
  verdicts: Verdict[]
  /** The images by name without tag, for promotion, pins and the board: { 'registry.shop.example/checkout': '1.8.0' }. */
  images: Record<string, string>
  at: Instant
}

/** A roll-out under way in one environment, on the rendered ref too, so that a lost database loses no wave. */
export interface Rollout {
  application: string
  revision: Revision
  pull?: number
  /** Of the pull request, as it was merged: what was declared of this head holds for the waves to come. */
  head?: Sha
  waves: string[][]
  /** Index of the newest wave whose trees are committed. */
  reached: number
  /** Stopped: why. */
  stopped?: string
}

/** A version that automation must not bring back until a person lifts it. */
export interface Pin {
  application: string
  environment: string
  images: Record<string, string>
  /** Trees that it renders to, for what comes back without another image; absent: images alone. */
  digests?: Sha[]
  /** The release that is meant: its charts, fields and files are read from git. Absent: images and digests alone. */
  revision?: Revision
  /** The release that it is told from: what both have is not meant; absent: everything of it is. */
  toldFrom?: Revision
  reason: string
  by: string
  at: Instant
}

export interface Freeze {
  environment: string
  /** '*' freezes every application. */
  application: string
  reason: string
  by: string
  at: Instant
  until?: Instant
  /** Where it is written, when it is a rule and not a command: no command lifts it. */
  rule?: string
  ofOrganisation?: true
  /** The SLO whose budget is spent: it ends by itself when part of it is back. */
  slo?: string
}

export interface Hold {
  application: string
  environment: string
  reason: string
  by: string
  at: Instant
}

/** While it stands, the cluster side leaves an application as it is: nothing is applied, healed or deleted. */
export interface Pause {
  environment: string
  /** '*' pauses every application. */
  application: string
  reason: string
  by: string
  at: Instant
  until?: Instant
}

/** While it stands, only changes of its owner are released there. */
export interface Lock {
  environment: string
  /** '*' locks every application. */
  application: string
  reason: string
  by: Actor
  at: Instant
  until?: Instant
}

/** One person's wish that a closed gate of one head counts as open; it takes two different people. */
export interface Override {
  /** Number of the pull request. */
  pull: number
  /** Another head is another change. */
  head: Sha
  gate: OverridableGate | 'all'
  reason: string
  by: Actor
  at: Instant
  until: Instant
}

/** One head of a pull request that somebody has declared urgent: it passes windows and freezes of that environment. */
export interface Hotfix {
  environment: string
  /** Number of the pull request. */
  pull: number
  /** Another head is another change. */
  head: Sha
  reason: string
  by: Actor
  at: Instant
  until: Instant
}

/** Somebody's consent to what one head of a pull request deletes. */
export interface DeletionConsent {
  environment: string
  application: string
  pull: number
  head: Sha
  by: Actor
  at: Instant
}

/** What people have put in the way of automation, or out of it; on the rendered ref, so that it survives anything. */
export interface Controls {
  pins: Pin[]
  freezes: Freeze[]
  holds: Hold[]
  locks: Lock[]
  overrides: Override[]
  consents: DeletionConsent[]
  hotfixes: Hotfix[]
  pauses: Pause[]
}

export const noControls: Controls = {
  pins: [],
  freezes: [],
  holds: [],
  locks: [],
  overrides: [],
  consents: [],
  hotfixes: [],
  pauses: [],
}

/** Progress of the newest attested revision on one target, as the reconciler saw it. */
export const releasePhases = [
  'pending',
  'applying',
  'progressing',
  'healthy',
  'degraded',
  'refused',
  'unreachable',
] as const
export type ReleasePhase = (typeof releasePhases)[number]

export interface Release {
  target: Target
  revision: Revision
  digest: Sha
  pull?: number
  phase: ReleasePhase
  health: Health
  /** When the phase began. */
  since: Instant
  appliedAt?: Instant
  healthyAt?: Instant
  /** Since when everything has been healthy without a break; absent while something is not. */
  steadySince?: Instant
  /** What was healthy there before it, newest first: what comes after a failure has nothing before it. */
  past?: PastRelease[]
  /** For people: which object and why, or what was refused. */
  reason: string
  /** What has to become healthy first. */
  waitsFor?: Target[]
  drift?: DriftReport
  /** It is left as it is, because somebody said so. */
  pause?: Pause
  /** Why it is not healthy, as the API server was asked last. */
  cause?: Cause
}

/** A release that was healthy when another one took its place. */
export interface PastRelease extends Pick<Release, 'revision' | 'digest'> {
  /** When it first was. */
  healthyAt: Instant
}

/** What pods and events say of the object that is in the way of a release. */
export interface Cause {
  /** When it was asked for. */
  at: Instant
  /** For people; empty: nothing was said. */
  words: string
}

/** An object that was different from what was applied, though no release changed it. */
export interface ObjectDrift {
  at: Instant
  /** `Deployment shop/checkout` */
  object: string
  /** Fields that differed, dotted. */
  fields: string[]
  /** The other field manager, as managedFields names it. */
  manager?: string
  healed: boolean
  /** How often in a row it was put back. */
  count: number
  /** It is not put back, because the configuration says so. */
  isReportOnly?: boolean
}

/** What drifted on a target: the object that is fought over most, and the others. */
export interface DriftReport extends ObjectDrift {
  others?: ObjectDrift[]
  /** How many more there are. */
  more?: number
}
