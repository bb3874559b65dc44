import type { Configuration, Environment, ChangeClass } from '../../domain/configuration.ts'
import type { Finding } from '../../domain/finding.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Proposal } from '../../domain/proposal.ts'
import type { Pull } from '../../domain/pull.ts'
import type { Freeze, Pin, Release } from '../../domain/release.ts'
import type { Rendering } from '../../domain/rendered-target.ts'
import type { ApprovalFacts } from '../approvals/evaluate-approvals.ts'

/** A source whose inputs differ between both sides. */
export interface AffectedSource {
  application: string
  environment: string
  source: string
  because: string
  changedPaths: string[]
}

/** Everything a review is decided from; read through ports, or from a working copy by the command line. */
export interface ReviewFacts {
  pull: Pull
  /** The base's configuration: a pull request cannot change the rules it is judged by. */
  configuration: Configuration
  /** What is wrong with the configuration as this pull request leaves it. */
  configurationProblems: Problem[]
  base: Rendering
  head: Rendering
  affected: AffectedSource[]
  findings: Finding[]
  policyProblems: Problem[]
  approvals: Pick<
    ApprovalFacts,
    'codeowners' | 'reviews' | 'recorded' | 'contributors' | 'self' | 'teams' | 'permissions'
  >
  codeownersProblems: Problem[]
  proposal?: Proposal
  freezes: Freeze[]
  pins: Pin[]
  /** For a promotion: the application's releases in the environment it comes from. */
  sourceReleases: Release[]
}

/**
 * The proposal, where the pull request is our own. Our signed commit alone proves nothing: anybody can push it again,
 * long after its time, and open a pull request from it.
 */
export function ownProposal({ pull, approvals, proposal }: ReviewFacts): Proposal | undefined {
  return pull.author.id === approvals.self.id && !pull.isFork ? proposal : undefined
}

export function changeClassOf(proposal: Proposal | undefined): ChangeClass {
  return proposal?.kind ?? 'change'
}

export function environmentNamed(configuration: Configuration, name: string): Environment | undefined {
  return configuration.environments.find((environment) => environment.name === name)
}
