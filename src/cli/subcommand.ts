import type { Sha } from '../domain/refs.ts'
import type { BranchGuards } from '../domain/branch-guard.ts'
import type { Problem } from '../domain/problem.ts'
import type { Cluster } from '../ports/cluster.ts'
import type { Git } from '../ports/git.ts'
import type { Clock } from '../ports/clock.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { PolicyEvaluator } from '../ports/policy-evaluator.ts'
import type { Renderer } from '../ports/renderer.ts'
import type { Words } from '../ports/words.ts'

/** One word after `drawbridge`. */
export interface Subcommand {
  /** One line, for the list of all. */
  summary: string
  /** What follows the word: `--repo DIR --base REV --head REV`. */
  usage: string
  /** Paragraphs after the options: what it answers, exit codes, examples. */
  description: string[]
  options: Record<string, SubcommandOption>
  /** A word that may stand for an option. */
  argument?: { name: string; option: string }
  run(given: Given, context: CommandContext): Promise<number>
}

export interface SubcommandOption {
  type: 'string' | 'boolean'
  /** Shown for the value: `DIR`. */
  value?: string
  summary: string
  multiple?: boolean
  /** The values it takes; any where absent. */
  oneOf?: readonly string[]
}

/** Options as given, checked against the table. */
export interface Given {
  string(name: string): string | undefined
  boolean(name: string): boolean
  list(name: string): string[]
}

/** How what commands work with is opened. */
export interface OpenOptions {
  /** Whether what is rendered is kept from one start to the next. */
  isCached: boolean
}

/** All that help needs. */
export interface CommandOutlet {
  version: string
  stdout(text: string): void
  stderr(text: string): void
}

/** What a subcommand may use; `main/open-command-context.ts` fills it. */
export interface CommandContext extends CommandOutlet {
  git: Git
  renderer: Renderer
  policies: PolicyEvaluator
  clock: Clock
  words: Words
  /** Of `PROMETHEUS_URL`; without it every answer is that it is not set. */
  metrics: Metrics
  /** Key of the fingerprints that stand for secret values; new in each run. */
  maskKey: string
  cwd: string
  nodeVersion: string
  /** Whether people look at stderr. */
  isTerminal: boolean
  /** Looks at the machine: used by `doctor` alone. */
  probe: Probe
  launch: Launch
  /** By a kubeconfig file, else by what `agent` would take. */
  openCluster(options: { name: string; kubeconfig?: string }): Promise<Cluster & { close(): Promise<void> }>
}

/** What `doctor` cannot learn from another port. `gitVersion` and `store` throw why they could not. */
export interface Probe {
  gitVersion(): Promise<string>
  /** Which store answers. */
  store(): Promise<string>
  /** Settings of `serve` that are missing or wrong. */
  settings(): Problem[]
  /** The branches that are released from, of all repositories of the app; undefined without the settings for GitHub. */
  branches(): Promise<{ appId: string; branches: GuardedBranch[] } | undefined>
}

export interface GuardedBranch extends BranchGuards {
  /** `shop/config`. */
  repository: string
  branch: string
}

/** Processes that stay until they are asked to stop; they answer the exit code. Options that were not given are absent. */
export interface Launch {
  serve(options: { port?: string; host?: string }): Promise<number>
  agent(options: AgentOptions): Promise<number>
  demo(options: {
    port?: string
    once: boolean
    /** On real API servers in place of emulated clusters. */
    cluster: boolean
    folder?: string
    /** A change of a repository on this machine, shown instead of the story. */
    change?: { folder: string; base: Sha; head: Sha }
  }): Promise<number>
}

export interface AgentOptions {
  repository?: string
  repositoryId?: string
  environment?: string
  cluster?: string
  kubeconfig?: string
  allowedSigners?: string
  folder?: string
  interval?: string
  app?: string
  agentKey?: string
  slice?: string
  acceptIdentity?: string
  once: boolean
}

/** As sysexits.h has them where it has one. */
export const exitCodes = {
  ok: 0,
  problems: 1,
  differences: 2,
  usage: 64,
  outside: 69,
  internal: 70,
} as const

/** The command line was not understood; the message says what to write instead. */
export class UsageError extends Error {
  override name = 'UsageError'
}
