import { createHash } from 'node:crypto'
import type { CheckButton, CheckToPublish } from '../../domain/action.ts'
import type { Finding } from '../../domain/finding.ts'
import type { CheckConclusion, PublishedCheck } from '../../domain/pull.ts'
import type { Sha } from '../../domain/refs.ts'
import { type Outcome, type Verdict, worstOutcome } from '../../domain/verdict.ts'
import { clip } from './comment-size.ts'
import type { Write } from './review-view.ts'
import { aggregateName } from './unjudged-check.ts'
import { writeCheck, writePlain } from './write-check.ts'

/** Characters of an annotation; GitHub takes 64 KB and 255. */
const longestMessage = 4_000
const longestTitle = 200

/** Neutral and skipped let people merge, so they are never said. */
const conclusions: Record<Outcome, CheckConclusion> = {
  pass: 'success',
  wait: 'action_required',
  block: 'failure',
}

export interface JudgedCommit {
  sha: Sha
  verdicts: Verdict[]
  /** Shown on the lines they are about, by the policy gate's check. */
  findings: Finding[]
  buttons: CheckButton[]
  /** Of one gate's check; absent: none. */
  gateButtons?: (verdict: Verdict) => CheckButton[]
  detailsUrl: string
  /** The conversation is: there is no comment to read on. */
  isLocked?: boolean
}

/**
 * A commit's checks: one for each gate, and the aggregate. Where it lets people merge it comes last, when its parts can be
 * read; where it keeps them from it, first.
 */
export function verdictChecks(write: Write, judged: JudgedCommit): CheckToPublish[] {
  const { verdicts } = judged
  const gates = verdicts.map((verdict) =>
    toCheck(write, judged, {
      name: `${aggregateName}/${verdict.gate}`,
      verdicts: [verdict],
      findings: judged.findings.filter(({ gate = 'policy' }) => gate === verdict.gate),
      buttons: judged.gateButtons?.(verdict) ?? [],
    }),
  )
  const { buttons } = judged
  const aggregate = toCheck(write, judged, { name: aggregateName, verdicts, findings: [], buttons })
  return aggregate.conclusion === 'success' ? [...gates, aggregate] : [aggregate, ...gates]
}

function toCheck(
  write: Write,
  { sha, detailsUrl, isLocked }: JudgedCommit,
  {
    name,
    verdicts,
    findings,
    buttons,
  }: Omit<JudgedCommit, 'sha' | 'detailsUrl' | 'isLocked' | 'gateButtons'> & { name: string },
): CheckToPublish {
  const outcome = worstOutcome(verdicts)
  const content = {
    name,
    sha,
    status: 'completed' as const,
    conclusion: conclusions[outcome],
    ...writeCheck(write, { name, outcome, verdicts, isLocked: isLocked && name === aggregateName }),
    annotations: findings.map(({ path, line, severity, message, policy }) => ({
      path,
      line,
      severity,
      message: writePlain(write, clip(message, longestMessage)),
      policy: writePlain(write, clip(policy, longestTitle)),
    })),
    detailsUrl,
    buttons,
  }
  const fingerprint = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32)
  return { ...content, fingerprint }
}

/** Those that GitHub does not show already as they should be. */
export function unpublished(
  checks: readonly CheckToPublish[],
  published: readonly PublishedCheck[],
): CheckToPublish[] {
  return checks.filter(
    (check) =>
      !published.some(
        ({ name, sha, fingerprint }) =>
          name === check.name && sha === check.sha && fingerprint === check.fingerprint,
      ),
  )
}
