import { createHash } from 'node:crypto'
import type { CommitChecks } from '../../domain/check-answer.ts'
import type {
  Configuration,
  Environment,
  OrganisationRules,
  PromotionSources,
} from '../../domain/configuration.ts'
import type { CommitSignature } from '../../domain/commit-signature.ts'
import type { Finding } from '../../domain/finding.ts'
import type { HeldObject } from '../../domain/held-object.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Proposal } from '../../domain/proposal.ts'
import type { Pull } from '../../domain/pull.ts'
import type {
  DeletionConsent,
  Freeze,
  Hold,
  Hotfix,
  Lock,
  Override,
  Pin,
  Release,
} from '../../domain/release.ts'
import type { Sha, Target } from '../../domain/refs.ts'
import type { SourceSlo } from '../../domain/slo.ts'
import type { SourceState } from '../../domain/source-state.ts'
import type { Rendering } from '../../domain/rendered-target.ts'
import type { ApprovalFacts } from '../approvals/approval-facts.ts'
import type { AffectedSource } from '../rendering/affected-sources.ts'

export interface ChangedRule {
  path: string
  /** Blob id on the head's side; empty where it is removed. */
  id: Sha
}

/** Everything a review is decided from; read through ports, or from a working copy by the command line. */
export interface ReviewFacts {
  pull: Pull
  /** The base's configuration: a pull request cannot change the rules it is judged by. */
  configuration: Configuration
  /** What of it the organisation asks. */
  organisation?: OrganisationRules
  /** What is wrong with the configuration as this pull request leaves it. */
  configurationProblems: Problem[]
  base: Rendering
  head: Rendering
  affected: AffectedSource[]
  /** How many applications the repository has, on either side, whether they change or not. */
  applications: number
  /** How much is delivered besides that cannot be shown, from another repository, say. */
  notShown: number
  /** What is left out or left open, where the change is about it; no gate looks at it. */
  notices: Problem[]
  /** Files of the rules themselves that differ: configuration, CODEOWNERS, policies. They render nothing, and decide everything. */
  changedRules: ChangedRule[]
  findings: Finding[]
  policyProblems: Problem[]
  /** What other targets have that the change delivers, too, by the rendered refs. */
  held?: HeldObject[]
  approvals: Pick<
    ApprovalFacts,
    'codeowners' | 'reviews' | 'recorded' | 'contributors' | 'self' | 'teams' | 'permissions' | 'restored'
  >
  codeownersProblems: Problem[]
  proposal?: Proposal
  freezes: Freeze[]
  locks: Lock[]
  overrides: Override[]
  consents: DeletionConsent[]
  hotfixes: Hotfix[]
  holds: Hold[]
  pins: Pin[]
  /** Those of them that the change brings back by charts, fields or files. */
  broughtBack?: Pin[]
  /** For a promotion: the releases of its applications in the environments it may come from. */
  sourceReleases: Release[]
  /** For a promotion that says which of them it carries: what was attested there, newest first. */
  sourceStates?: SourceState[]
  /** For a promotion to where SLOs are asked: how they stand where it comes from. */
  sourceSlos?: SourceSlo[]
  /** For a promotion to where checks are asked: what they say of the commits that it carries. */
  sourceChecks?: CommitChecks[]
  /** For a promotion, by application: where it may come from, stages that it leaves out passed over. */
  promotionSources?: Record<string, PromotionSources>
  /** Of its commits, and of what was made of them; absent: nobody asks, or they could not be read. */
  signatures?: CommitSignature[]
}

/** The part of the facts that comes from git alone, and so can be read again at any time. */
export type RenderedFacts = Pick<
  ReviewFacts,
  | 'configuration'
  | 'organisation'
  | 'configurationProblems'
  | 'base'
  | 'head'
  | 'affected'
  | 'changedRules'
  | 'findings'
  | 'policyProblems'
  | 'held'
  | 'codeownersProblems'
  | 'applications'
  | 'notShown'
  | 'notices'
> &
  Pick<ApprovalFacts, 'codeowners'>

/**
 * The proposal, where the pull request is our own. Our signed commit alone proves nothing: anybody can push it again,
 * long after its time, and open a pull request from it.
 */
export function ownProposal({ pull, approvals, proposal }: ReviewFacts): Proposal | undefined {
  return pull.author.id === approvals.self.id && !pull.isFork ? proposal : undefined
}

/**
 * What approvals are bound to, by target: the digests of the head, and, where rules change, one more for every environment
 * that asks for approval: whoever may approve there must also approve its rules.
 */
export function ruleTargets(
  facts: Pick<ReviewFacts, 'changedRules' | 'configuration'>,
): { target: Target; digest: Sha }[] {
  if (facts.changedRules.length === 0) return []
  const content = facts.changedRules.map(({ path, id }) => `${path} ${id}`).join('\n')
  const digest = createHash('sha1').update(content).digest('hex')
  return facts.configuration.environments
    .filter(({ approvals }) => approvals.need !== undefined)
    .map(({ name }) => ({ target: { application: 'rules', environment: name, cluster: '*' }, digest }))
}

export function environmentNamed(configuration: Configuration, name: string): Environment | undefined {
  return configuration.environments.find((environment) => environment.name === name)
}
