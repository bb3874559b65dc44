import type { Instant } from '../../domain/refs.ts'

/** A command that was obeyed or answered, as it is remembered. */
export interface CommandSeen {
  commentId: string
  /** The person's id. */
  actor: string
  at: Instant
}

export const commandLimits = { windowMs: 600_000, perPerson: 20, perRepository: 100 } as const

export type CommandRate =
  | { kind: 'within'; seen: CommandSeen[] }
  | { kind: 'exceeded'; whose: 'person' | 'repository'; until: Instant }

/**
 * Whether one more command is within the limits of the last ten minutes. Only those within them count, so that one person
 * fills no more than their own share of the repository's. The same comment again is the same command.
 */
export function rateCommand(remembered: readonly CommandSeen[], command: CommandSeen): CommandRate {
  const since = command.at - commandLimits.windowMs
  const recent = remembered.filter(({ at }) => at > since)
  if (recent.some(({ commentId }) => commentId === command.commentId)) return { kind: 'within', seen: recent }
  const own = recent.filter(({ actor }) => actor === command.actor)
  const full =
    own.length >= commandLimits.perPerson
      ? { whose: 'person' as const, within: own }
      : recent.length >= commandLimits.perRepository
        ? { whose: 'repository' as const, within: recent }
        : undefined
  if (full === undefined) return { kind: 'within', seen: [...recent, command] }
  const oldest = Math.min(...full.within.map(({ at }) => at))
  return { kind: 'exceeded', whose: full.whose, until: oldest + commandLimits.windowMs }
}
