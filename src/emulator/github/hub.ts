import type { Instant } from '../../domain/refs.ts'
import type { ChildProcesses } from '../../ports/child-process.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Chaos } from './chaos.ts'
import type { GitStore } from './git-store.ts'
import type { Limits } from './limits.ts'
import type { Account, App, State } from './state.ts'
import type { Webhooks } from './webhooks.ts'

/** What every part of the emulated GitHub works with. */
export interface Hub {
  state: State
  git: GitStore
  clock: Clock
  random: Random
  children: ChildProcesses
  webhooks: Webhooks
  chaos: Chaos
  limits: Limits
  requests: RequestRecord[]
  /** Address of the server, without a slash at the end. */
  url: string
  /** Work that GitHub does behind its answers, such as computing mergeability. */
  background: Set<Promise<void>>
}

export interface RequestRecord {
  method: string
  /** The route's template: `/repos/{owner}/{repo}/pulls`; the path itself where none fits. */
  route: string
  path: string
  status: number
  /** Login behind the request; '' where nobody signed in. */
  by: string
  at: Instant
}

/** Who does something; `app` where it is an app's installation. */
export interface Doer {
  account: Account
  app?: App
}

/** Runs `work` behind the answer; `settled` waits for it. */
export function inBackground(hub: Hub, work: () => Promise<void>): void {
  const promise = work().finally(() => hub.background.delete(promise))
  hub.background.add(promise)
}
