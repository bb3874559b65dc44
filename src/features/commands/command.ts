import type { Instant } from '../../domain/refs.ts'
import { type OverridableGate, overridableGates } from '../../domain/verdict.ts'

/** What a person asked for in a comment. Names are as typed; whether they exist is for the reader of the facts. */
export type Command =
  | { verb: 'recheck' | 'diff' | 'explain' | 'status' | 'help' }
  /** Names, or patterns with `*`. No applications: those that the pull request changes. */
  | {
      verb: 'promote'
      environment: string
      applications: string[]
      isDryRun: boolean
      /** What ran in the environment before at this commit, abbreviated or not; what runs there now where absent. */
      revision?: string
    }
  /** No environments: all that the pull request changes. */
  | { verb: 'approve'; environments: string[] }
  /** Absent: what the pull request changed. `release`: the beginning of the commit that is taken back, whatever came since. */
  | { verb: 'revert'; release?: string; application?: string; environment?: string }
  /** No application: all of them. `/freeze *` and `/unfreeze *` reach every environment. */
  | {
      verb: 'freeze'
      environment: string
      application?: string
      until?: CommandTime
      reason: string
      /** Says what would be stopped, and stops nothing; needs no reason. */
      isDryRun?: true
    }
  | { verb: 'unfreeze' | 'unlock' | 'unpause'; environment: string; application?: string }
  | { verb: 'lock'; environment: string; application?: string; until?: CommandTime; reason: string }
  | { verb: 'pause'; environment: string; application?: string; until?: CommandTime; reason: string }
  /** `all`: every gate that can be overridden. */
  | { verb: 'override'; gate: OverridableGate | 'all'; until?: CommandTime; reason: string }
  /** The present head is urgent: it passes windows and freezes by rule. */
  | { verb: 'hotfix'; until?: CommandTime; reason: string }
  /** Absent: all that the pull request deletes. */
  | { verb: 'ack-delete'; application?: string; environment?: string }
  | { verb: 'resume'; environment: string; reason: string }
  | { verb: 'pin' | 'hold'; application: string; environment: string; reason: string }
  | { verb: 'unpin' | 'unhold'; application: string; environment: string }
  | { verb: 'sync'; application?: string }

/** Seconds from the moment the command is obeyed, or a moment. */
export type CommandTime = { kind: 'after'; seconds: number } | { kind: 'at'; instant: Instant }

export function toInstant(time: CommandTime, now: Instant): Instant {
  return time.kind === 'after' ? now + time.seconds * 1000 : time.instant
}

export type ParsedCommand =
  | { kind: 'none' }
  | { kind: 'command'; command: Command }
  | { kind: 'error'; message: string; didYouMean?: string }

/** How each command is written; shown by /help and by every error. */
export const usages: Record<Command['verb'], string> = {
  recheck: '/recheck',
  diff: '/diff',
  approve: '/approve [environment…]',
  promote: '/promote <environment> [application…] [--to REVISION] [--dry-run]',
  revert: '/revert [release] [application] [environment]',
  freeze: '/freeze <environment|*> [application] [--until 2h] [--dry-run] <reason>',
  unfreeze: '/unfreeze <environment|*> [application]',
  lock: '/lock <environment> [application] [--until 2h] <reason>',
  unlock: '/unlock <environment> [application]',
  override: `/override <${overridableGates.join('|')}|all> [--until 1h] <reason>`,
  hotfix: '/hotfix [--until 4h] <reason>',
  'ack-delete': '/ack-delete [application] [environment]',
  pin: '/pin <application> <environment> [reason]',
  unpin: '/unpin <application> <environment>',
  hold: '/hold <application> <environment> [reason]',
  unhold: '/unhold <application> <environment>',
  pause: '/pause <environment> [application] [--until 2h] <reason>',
  unpause: '/unpause <environment> [application]',
  resume: '/resume <environment> <reason>',
  sync: '/sync [application]',
  explain: '/explain',
  status: '/status',
  help: '/help',
}
