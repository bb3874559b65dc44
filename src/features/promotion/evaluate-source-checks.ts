import type { CheckAnswer, CommitChecks, DemandedCheck } from '../../domain/check-answer.ts'
import type { Sha } from '../../domain/refs.ts'
import type { Verdict } from '../../domain/verdict.ts'

/**
 * Whether the checks that a promotion asks for are green on the commit that it carries: that of the base branch which its
 * source was rendered from. On the head of the pull request that brought it something else was looked at, and on a later
 * commit something else runs.
 *
 * | what GitHub has of the name, by the app where one is named | outcome |
 * | one or more, each of them success                          | pass    |
 * | one at least failed, was cancelled or needs somebody       | block   |
 * | one at least is neutral, skipped or stale: it says nothing | block   |
 * | one at least is not over                                   | wait    |
 * | nothing, or nothing by that app                            | wait    |
 * | nobody knows: it may not be read, or was not               | wait    |
 *
 * GitHub itself takes neutral and skipped for passed where it requires a check of a pull request. Here nobody has looked at
 * the commit then, and that opens nothing.
 */
export function evaluateSourceChecks(
  demanded: readonly DemandedCheck[],
  sha: Sha | undefined,
  commits: readonly CommitChecks[],
): Verdict {
  if (sha === undefined) return verdictOf('wait', 'which commit it carries is not said', [])
  const at = sha.slice(0, 7)
  const answers = commits.find((commit) => commit.sha === sha)?.answers
  if (!answers) {
    return {
      ...verdictOf('wait', `nobody can tell whether the checks on ${at} are green`, []),
      fix: 'let the app read checks and commit statuses, and accept that for the installation',
    }
  }
  const found = demanded.map((check) => assess(check, answers))
  const missing = found.filter(({ outcome }) => outcome !== 'pass')
  const details = missing.map(({ sentence }) => sentence)
  if (missing.length === 0) return verdictOf('pass', `every check is green on ${at}`, [])
  if (missing.every(({ outcome }) => outcome === 'wait'))
    return verdictOf('wait', `checks on ${at} are not green yet`, details)
  return {
    ...verdictOf('block', `checks on ${at} are not green`, details),
    fix: `have them run again on ${at}, or promote another version`,
  }
}

function verdictOf(outcome: Verdict['outcome'], reason: string, details: string[]): Verdict {
  return { gate: 'promotion', outcome, reason, details }
}

/** What is neither is not over, whatever word GitHub may find for that. */
const endings = new Map<string, 'pass' | 'block'>([
  ['success', 'pass'],
  ...['failure', 'error', 'timed_out', 'startup_failure', 'cancelled', 'action_required'].map(
    (word) => [word, 'block'] as const,
  ),
  ...['neutral', 'skipped', 'stale'].map((word) => [word, 'block'] as const),
])

interface Assessed {
  outcome: Verdict['outcome']
  sentence: string
}

function assess(check: DemandedCheck, answers: readonly CheckAnswer[]): Assessed {
  const named = answers.filter(({ name }) => name === check.name)
  const counting = countingOf(check, named)
  const [other] = named
  if (counting.length === 0) {
    const sentence = other
      ? `the check “${check.name}” is by ${other.by}, and has to be by the app ${check.app}`
      : `${spellCheck(check)} is not there`
    return { outcome: 'wait', sentence }
  }
  const outcomes = counting.map(({ says }) => ({ says, outcome: endings.get(says) ?? ('wait' as const) }))
  const worst =
    outcomes.find(({ outcome }) => outcome === 'block') ?? outcomes.find(({ outcome }) => outcome === 'wait')
  return { outcome: worst?.outcome ?? 'pass', sentence: `${spellCheck(check)} is ${worst?.says}` }
}

/** A newer commit status takes the place of an older one of its name, whoever gave that; where an app is named, of its own alone. */
function countingOf({ app }: DemandedCheck, named: readonly CheckAnswer[]): CheckAnswer[] {
  const own = named.filter(({ by }) => app === undefined || by === `${app}[bot]`)
  const status = own.find(({ kind }) => kind === 'status')
  return [...own.filter(({ kind }) => kind === 'run'), ...(status ? [status] : [])]
}

/** `the check “e2e” by the app github-actions` */
export function spellCheck({ name, app }: DemandedCheck): string {
  return `the check “${name}”${app === undefined ? '' : ` by the app ${app}`}`
}
