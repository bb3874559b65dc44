import type { Instant, Sha, Target } from './refs.ts'
import type { Release, ReleasePhase } from './release.ts'

/** The part of a cluster that one agent serves. */
export interface AgentPlace {
  environment: string
  cluster: string
  /** Absent: all of it. */
  slice?: Slice
}

/** One of a fixed number of parts of a cluster: which applications are in it follows from their names. */
export interface Slice {
  /** From 1. */
  index: number
  of: number
}

/** What an agent says of its place. Whole, or what is new since the message before. */
export interface Report {
  kind: 'snapshot' | 'delta'
  /** When the agent started: a later start makes everything from before old. */
  epoch: Instant
  /** Of the message within its epoch, from 1. */
  sequence: number
  /** The uid of the namespace kube-system: tells a replaced cluster. */
  identity: string
  /** The operator said that this identity is the one that is meant. */
  isIdentityAccepted?: true
  releases: Release[]
  /** Targets of other places that something here waits for: how they are is told with the answer. */
  asks?: Target[]
}

/** How a target of another place is, as the app knows it. */
export interface TargetWord {
  target: Target
  digest: Sha
  phase: ReleasePhase
}

/** What is remembered of an agent: enough to refuse what was said before, and to notice its silence. */
export interface AgentState {
  place: AgentPlace
  epoch: Instant
  sequence: number
  identity: string
  heardAt: Instant
  /** Its targets were said to be out of reach: the next word has to be a whole one. */
  isSilent?: true
}

export function placeKey({ environment, cluster, slice }: AgentPlace): string {
  return `${environment}/${cluster}${slice ? `/${slice.index}-of-${slice.of}` : ''}`
}

/** Whether a target lies in the place, slices left aside. */
export function isOnCluster(place: Pick<AgentPlace, 'environment' | 'cluster'>, target: Target): boolean {
  return target.environment === place.environment && target.cluster === place.cluster
}
