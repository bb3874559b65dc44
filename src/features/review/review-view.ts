import type { Finding } from '../../domain/finding.ts'
import type { HealthStatus } from '../../domain/health.ts'
import type { RepositoryDiff } from '../../domain/object-diff.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Proposal, RevertCause } from '../../domain/proposal.ts'
import type { Instant, Sha } from '../../domain/refs.ts'
import type { DriftReport, ReleasePhase } from '../../domain/release.ts'
import type { Verdict } from '../../domain/verdict.ts'
import type { RuleEffects } from './rule-effects.ts'

/** Fills a template with a view: `Words.write` of the port, handed in as a function. */
export type Write = (template: string, view: object) => string

/** Everything the comment on an open pull request says. Without verdicts it is the answer of the command line. */
export interface ReviewView {
  head: Sha
  base: Sha
  diff: RepositoryDiff
  /** How many applications the repository has, on either side; undefined where that is not known. */
  applications?: number
  /** How much is delivered besides that cannot be shown; `drawbridge discover` says what and why. */
  notShown?: number
  /** What is left out or left open, where the change is about it. */
  notices?: Problem[]
  /** Environments as configured, first to last; those that are not named come after them. */
  environments?: string[]
  affected: { application: string; environment: string; source: string; because: string }[]
  verdicts: Verdict[]
  findings: Finding[]
  problems: Problem[]
  approvals?: {
    missing: { users: string[]; teams: string[] }
    counted: { login: string; for?: string | string[] }[]
    notCounted: { login: string; because: string }[]
  }
  proposal?: Proposal
  /** While it stands, this head passes windows and freezes. */
  hotfixUntil?: Instant
  /** Files of the rules that it changes, and what they would do to others; that is undefined until it was looked at. */
  afterMerge?: { rules: string[]; effects?: RuleEffects }
  links: { dashboard?: string }
}

/** One target in the roll-out of a merged pull request. */
export interface BoardRow {
  application: string
  environment: string
  cluster: string
  /** From 1. */
  wave: number
  phase: ReleasePhase
  health: HealthStatus
  /** For people; empty when there is nothing to say. */
  reason: string
  since?: Instant
  drift?: DriftReport
}

/** What the comment says once the pull request is merged. */
export interface BoardView {
  /** Of the pull request. */
  title: string
  revision: Sha
  rows: BoardRow[]
  notes: string[]
  links: { dashboard?: string }
}

/** `pull/promotion`: the body of a promotion. */
export interface PromotionView {
  to: string
  parts: {
    application: string
    /** Every environment that is through with it. */
    from: string
    moves: { name: string; before: string; after: string }[]
    /** How many more there are. */
    moreMoves: number
    /** The releases that come with it, oldest first, where there are several. */
    log: { revision: Sha; pull?: number; pullTitle?: string; author?: string; since: Instant }[]
    revision: Sha
    pull?: number
    pullTitle?: string
    author?: string
    /** Since when the version runs in `from`. */
    since: Instant
    /** How the two environments differ beyond this, and did not when they were last the same. */
    differs?: DivergenceView
    /** What it takes back of what was changed in the target since then. */
    overwrites?: DivergenceView
  }[]
  /** How automation goes on, where it is or will be held. */
  holds: string[]
  /** What it waits for where it comes from. */
  conditions: string[]
  requestedBy?: string
  files: string[]
}

/** Fields with two values each, and which changes made them so. */
export interface DivergenceView {
  /** What the two values are those of: `staging`, `prod`. */
  before: string
  after: string
  rows: {
    object: string
    /** Dotted; empty: the whole object. */
    field: string
    before?: string
    after?: string
    by: {
      environment: string
      at: Instant
      commit: string
      author?: string
      pull?: number
      pullTitle?: string
      files: string[]
    }[]
  }[]
  /** How many more there are. */
  more: number
}

/** `pull/revert`: the body of a revert, with its evidence where an SLO asked for it. */
export interface RevertView {
  application: string
  environment: string
  /** In one sentence: what was found, and how sure it is. */
  verdict: string
  confidence?: string
  cause: RevertCause
  requestedBy?: string
  reason?: string
  bad: Sha
  good: Sha
  /** A newer release of the application that carries the bad one, and goes back with it. */
  carriedBy?: string
  /** Numbers of open reverts of the same application and environment that this one takes the place of. */
  replaces?: number[]
  /** Image moves that are taken back. */
  moves?: { image: string; before: string; after: string }[]
  slo?: {
    name: string
    /** Share of good events promised: 0.999. */
    objective: number
    windowDays: number
    burnRate?: number
    /** Share of the whole budget that this release spent: 0.04. */
    budgetSpent?: number
  }
  /** `low` and `high` bound the true ratio with 95 % confidence. */
  measurements?: { name: string; events: number; bad: number; ratio: number; low: number; high: number }[]
  /** How much worse it is, in one sentence without its full stop. */
  effect?: string
  /** Address of the picture. */
  plot?: string
  queries?: { name: string; promql: string; from: Instant; to: Instant }[]
  suspect?: { pull: number; title: string; author: string; approvedBy: string[] }
  /** Likeliest first. */
  suspects?: { name: string; score: string }[]
  /** What changed the restored files in between, newest first. */
  commits?: { commit: string; title: string; by: string }[]
  /** What a revert does not undo. */
  irreversible?: string[]
  timeline?: { at: Instant; what: string }[]
  /** What only a person can decide; it is a draft while there is something. */
  decide?: string[]
  /** What is not exactly as it was. */
  differs?: string
  next: string[]
  /** The command that keeps Drawbridge from merging it. */
  veto: string
  files: string[]
  /** JSON text for machines. */
  evidence?: string
}

/** `notice/refused`: the answer to a command that was not obeyed. */
export interface RefusedView {
  command: string
  by: string
  reason: string
  /** Teams and logins who could, in the words of the configuration. */
  whoCould: string[]
  fix?: string
}

/** `notice/done`: the answer to a command that was obeyed. */
export interface DoneView {
  command: string
  by: string
  summary: string
  details?: string[]
  link?: { text: string; url: string }
}

/** `notice/problems`: things to mend, all at once. */
export interface ProblemsView {
  title: string
  problems: Problem[]
}

/** `notice/help`: every command, what it does, where the reader may use it, and who else could. */
export interface HelpView {
  commands: { usage: string; summary: string; may: string[]; whoCould: string[] }[]
}

/** `notice/status`: what of a pull request runs where, and what is in its way. */
export interface StatusView {
  rows: {
    application: string
    environment: string
    cluster: string
    version: string
    /** `#12`; '' where it came without a pull request. */
    pull: string
    phase: string
    /** '' where no roll-out is under way. */
    wave: string
    reason: string
  }[]
  /** How many more there are. */
  left: number
  /** One sentence each. */
  inForce: string[]
  url: string
}

/** `notice/explain`: every gate, and what the reader may type. */
export interface ExplainView {
  by: string
  gates: { gate: string; outcome: Verdict['outcome']; reason: string; details: string[]; fix: string }[]
  /** `/promote in staging` */
  may: string[]
  url: string
}
