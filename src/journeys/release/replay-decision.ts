import type { Evidence } from '../../domain/evidence.ts'
import type { Verdict } from '../../domain/verdict.ts'
import { factsFrom } from '../../features/attestation/evidence.ts'
import { decideReview } from '../../features/review/decide-review.ts'
import type { GitRepository } from '../../ports/git.ts'
import { gatherRenderedFacts } from '../review/gather-rendered-facts.ts'
import type { Ports } from '../ports.ts'

export interface Replay {
  /** As decided again now. */
  verdicts: Verdict[]
  /** Gates that say something else than was recorded. */
  differing: { gate: string; recorded: string; now: string }[]
}

/** Makes a recorded decision again, from the repository's own objects and the evidence that was kept beside the release. */
export async function replayDecision(
  ports: Pick<Ports, 'renderer' | 'policies'>,
  git: GitRepository,
  evidence: Evidence,
): Promise<Replay> {
  const rendered = await gatherRenderedFacts(ports, git, {
    sides: evidence.sides,
    scope: { kind: 'repository', organisation: evidence.organisation },
    isTrusted: !evidence.pull.isFork,
    held: async () => evidence.held ?? [],
  })
  const { verdicts } = decideReview(factsFrom(evidence, rendered), '', evidence.at)
  const recorded = new Map(evidence.verdicts.map((verdict) => [verdict.gate, inWords(verdict)]))
  const differing = verdicts.flatMap((verdict) => {
    const [before, now] = [recorded.get(verdict.gate) ?? 'nothing', inWords(verdict)]
    return before === now ? [] : [{ gate: verdict.gate, recorded: before, now }]
  })
  return { verdicts, differing }
}

function inWords({ outcome, reason }: Verdict): string {
  return `${outcome}: ${reason}`
}
