import { gateNames, type Verdict, worstOutcome } from '../../domain/verdict.ts'

/** What each gate says about a merge queue's commit: the worst of what it says about the pull requests in it, each named. */
export function groupVerdicts(judged: readonly { pull: number; verdicts: readonly Verdict[] }[]): Verdict[] {
  return gateNames.flatMap((gate) => {
    const all = judged.flatMap(({ pull, verdicts }) =>
      verdicts.filter((verdict) => verdict.gate === gate).map((verdict) => ({ pull, verdict })),
    )
    const [first] = all
    return first ? [all.length === 1 ? first.verdict : combine(all)] : []
  })
}

function combine(all: readonly { pull: number; verdict: Verdict }[]): Verdict {
  const outcome = worstOutcome(all.map(({ verdict }) => verdict))
  const worst = all.filter(({ verdict }) => verdict.outcome === outcome)
  const { pull, verdict } = worst[0] ?? all[0] ?? fail()
  const names = worst.map((each) => `#${each.pull}`).join(', ')
  return {
    gate: verdict.gate,
    outcome,
    reason: outcome === 'pass' ? `open for ${names}` : `#${pull}: ${verdict.reason}`,
    details: all.flatMap((each) => [
      `#${each.pull}: ${each.verdict.reason}`,
      ...each.verdict.details.map((detail) => `#${each.pull}: ${detail}`),
    ]),
    ...(verdict.fix !== undefined && { fix: verdict.fix }),
    ...(verdict.until !== undefined && { until: verdict.until }),
  }
}

function fail(): never {
  throw new Error('a gate without a verdict')
}
