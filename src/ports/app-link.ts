import type { Report, TargetWord } from '../domain/agent.ts'

/** The way from an agent to the app. Nothing that an agent does depends on it. */
export interface AppLink {
  /** Throws AdapterError where the app cannot be reached or is not well. */
  report(report: Report): Promise<LinkAnswer>
  /** Calls `onHint` for each hint, until the stream ends or the signal aborts. Throws AdapterError where there is none. */
  follow(onHint: () => void, signal: AbortSignal): Promise<void>
}

export type LinkAnswer =
  /** `elsewhere`: of what the report asked, as far as the app knows it. */
  | { kind: 'accepted'; elsewhere?: TargetWord[] }
  | { kind: 'resync'; message: string }
  | { kind: 'old'; message: string; newest: { epoch: number; sequence: number } }
  | { kind: 'identity-changed'; message: string }
  /** Not believed (key, clock, version, size): for an operator to mend. */
  | { kind: 'refused'; message: string }
