import type { ChangeClass, Environment } from '../../domain/configuration.ts'
import type { Proposal } from '../../domain/proposal.ts'
import type { Permission, Pull, Review } from '../../domain/pull.ts'
import type { Actor, Sha } from '../../domain/refs.ts'
import type { Codeowners } from './codeowners.ts'

export interface ApprovalFacts {
  pull: Pull
  changeClass: ChangeClass
  proposal?: Proposal
  /** What renders differently, why, and what is bad about it. */
  changes: ApprovalChange[]
  environments: Environment[]
  codeowners: Codeowners | undefined
  /** Everybody's, in any order; the newest of each person is chosen here. */
  reviews: Review[]
  /** What each review had before it when its event came in, by `targetKey`. */
  recorded: { id: string; sha: Sha; digests: Record<string, Sha> }[]
  /** The author, and who its commits name as authors, committers and co-authors. */
  contributors: Actor[]
  self: Actor
  /** For a revert by rule: what the release that it goes back to rendered to, by `targetKey`. */
  restored?: Record<string, Sha>
  /** Members by `@organisation/team`; a team that is not in it is unknown. */
  teams: Map<string, Actor[]>
  /** By the person's id; who is not in it may do nothing. */
  permissions: Map<string, Permission>
}

export interface ApprovalChange {
  environment: string
  application: string
  cluster: string
  digest: Sha
  /** The changed files behind it. */
  paths: string[]
  /** A file that stands for the application in CODEOWNERS: its owners are asked whatever file changed. */
  impact?: string
  /** Codes of its danger lines. */
  dangers: string[]
  /** True: not an application, but the rules themselves. */
  isRule?: boolean
}
