import type { Instant } from '../../domain/refs.ts'
import type { Batch, PromotionSources } from '../../domain/configuration.ts'
import type { Verdict } from '../../domain/verdict.ts'

/** What one of the environments before would carry, and whether it may; one environment may have several, newest first. */
export interface Candidate {
  environment: string
  verdict: Pick<Verdict, 'outcome' | 'reason' | 'until'>
  /** Equal where the same would be carried; undefined where nothing differs from what the target has. */
  carries: string | undefined
  /** When what runs there was released there. */
  at: Instant
}

export type SettledSources =
  | { kind: 'promote'; from: string[]; carries: string }
  | { kind: 'nothing' }
  | { kind: 'wait'; reason: string; until?: Instant }

/**
 * Which of the environments before are promoted from. As many as are needed have to be through with one and the same
 * thing; of several such things it is the one that was released last, or first where every one has its turn, and of those the
 * first of the file.
 *
 * | through with the same thing | the others             | answer               |
 * | at least as many as needed  | anything               | promote it, or nothing where the target has it |
 * | fewer                       | anything               | wait                 |
 */
export function settleSources(
  { need }: PromotionSources,
  candidates: readonly Candidate[],
  batch: Batch = 'newest',
): SettledSources {
  const through = candidates.filter(({ verdict }) => verdict.outcome === 'pass')
  const groups = [...Map.groupBy(through, ({ carries }) => carries ?? '').values()]
    .map((group) => group.filter((each, index) => environmentsOf(group).indexOf(each.environment) === index))
    .filter((group) => need > 0 && group.length >= need)
    .toSorted((a, b) => newest(b) - newest(a))
  const different = groups.filter((group) => group[0]?.carries !== undefined)
  const chosen = batch === 'every' ? (different.at(-1) ?? groups[0]) : groups[0]
  if (chosen) {
    const carries = chosen[0]?.carries
    return carries === undefined
      ? { kind: 'nothing' }
      : { kind: 'promote', from: environmentsOf(chosen), carries }
  }
  const waiting = candidates.filter(({ verdict }) => verdict.outcome !== 'pass')
  const untils = waiting.flatMap(({ verdict }) => verdict.until ?? []).toSorted((a, b) => a - b)
  const [until] = untils
  const reason =
    waiting.length > 0
      ? waiting.map(({ verdict }) => verdict.reason).join('; ')
      : `${[...new Set(environmentsOf(candidates))].join(', ')} do not run the same`
  return { kind: 'wait', reason, ...(until !== undefined && { until }) }
}

function environmentsOf(group: readonly Candidate[]): string[] {
  return group.map(({ environment }) => environment)
}

function newest(group: readonly Candidate[]): number {
  return Math.max(...group.map(({ at }) => at))
}
