import type { Revision } from './refs.ts'

export type DeploymentState = 'in_progress' | 'success' | 'failure' | 'inactive'

/** What GitHub shows of a revision in an environment: one for all applications that it changes there. */
export interface Deployment {
  environment: string
  revision: Revision
  /** Sorted. */
  applications: string[]
  state: DeploymentState
  /** At most 140 characters. */
  description: string
  /** Protected, and nothing is promoted from it. */
  isProduction: boolean
  /** Where what is deployed there can be looked at. */
  url?: string
  /** Where its way through the gates can be read. */
  logUrl: string
}

/** A deployment that GitHub shows, as far as it was written last. */
export interface KnownDeployment {
  id: string
  revision: Revision
  state: DeploymentState
}
