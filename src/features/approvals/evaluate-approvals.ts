import type { Review } from '../../domain/pull.ts'
import type { Verdict } from '../../domain/verdict.ts'
import { loginIn, namesPerson } from '../config/person-name.ts'
import { listNames } from '../review/review-headline.ts'
import type { ApprovalFacts } from './approval-facts.ts'
import { emergencyRule } from './emergency-rule.ts'
import { judgeReview, onePerPerson } from './judge-review.ts'
import { asksOf, requirementsIn } from './requirements.ts'
import { canWrite, isTeam, membersOf, newestReviews } from './reviewers.ts'
import { excludedOwners, type Unmet, unmet } from './unmet.ts'

export interface ApprovalDecision {
  verdict: Verdict
  /** Whom to ask: logins without `@`, teams as `@organisation/team`. */
  missing: { users: string[]; teams: string[] }
  /** `for` names the owners or the environment that each approval satisfies. */
  counted: { login: string; for: string[] }[]
  notCounted: { login: string; because: string }[]
}

/** Whether everybody who must approve has approved what would be released now. Fails closed: who cannot be verified does not count. */
export function evaluateApprovals(facts: ApprovalFacts): ApprovalDecision {
  const asks = asksOf(facts)
  const requirements = asks.flatMap(requirementsIn)
  const reviews = newestReviews(facts.reviews)
  const judged = onePerPerson(
    reviews
      .filter(({ state }) => state === 'approved')
      .map((review) => judgeReview(review, requirements, facts)),
  )
  const counted = judged
    .filter((entry) => entry.for.length > 0)
    .map(({ login, for: names }) => ({ login, for: names }))
  const decide = (
    verdict: Omit<Verdict, 'gate'>,
    missing = { users: [] as string[], teams: [] as string[] },
  ) => ({
    verdict: { gate: 'approvals' as const, ...verdict },
    missing,
    counted,
    notCounted: [
      ...judged.flatMap(({ login, because }) => (because ? [{ login, because }] : [])),
      ...withdrawn(reviews),
    ],
  })

  if (requirements.length === 0) {
    return decide({ outcome: 'pass', reason: 'no approval is asked for', details: [] })
  }
  const objectors = reviews.filter(
    (review) => review.state === 'changes-requested' && canWrite(review.author, facts),
  )
  if (objectors.length > 0) {
    const names = objectors.map(({ author }) => `@${author.login}`)
    const fix = `make the changes and ask ${listNames(names)} to approve, or have the review dismissed`
    return decide({
      outcome: 'block',
      reason: `changes requested by ${listNames(names)}`,
      details: [],
      fix,
    })
  }
  const emergency = emergencyRule(facts)
  if (emergency.applies) {
    const reason = 'emergency rule: a revert opened by evidence needs no approval'
    return decide({ outcome: 'pass', reason, details: [] })
  }
  const open = asks.flatMap((ask) => unmet(ask, judged, facts))
  if (open.length === 0) {
    const names = counted.map(({ login }) => `@${login}`)
    return decide({
      outcome: 'pass',
      reason: `approved by ${listNames(names)}`,
      details: describeCounted(counted),
    })
  }
  const notes = [
    ...(emergency.because === undefined ? [] : [emergency.because]),
    ...judged.flatMap(({ login, because }) => (because ? [`@${login} does not count: ${because}`] : [])),
  ]
  return decide(
    {
      outcome: 'wait',
      ...waitingWords(open, notes),
      fix: open.every(({ canBeMet }) => canBeMet)
        ? 'ask them for an approving review'
        : 'name an owner who can approve: nobody who is named now can',
    },
    whomToAsk(open, facts),
  )
}

/** Where many are missing, who comes first and for what is in the details: a title has room for one line. */
function waitingWords(open: readonly Unmet[], notes: readonly string[]): Pick<Verdict, 'reason' | 'details'> {
  const sentences = [...new Set(open.map(({ words }) => words))]
  const details = [...new Set([...open.flatMap(({ details }) => details), ...notes])]
  if (sentences.length <= 2) return { reason: `waits for ${sentences.join(' and for ')}`, details }
  return {
    reason: `waits for ${listNames([...new Set(open.map(({ who }) => who))])}`,
    details: [...sentences, ...details],
  }
}

/** Only those who could satisfy something that is open, and have not done so. */
function whomToAsk(open: readonly Unmet[], facts: ApprovalFacts) {
  const users = new Set<string>()
  const teams = new Set<string>()
  for (const { requirement, approvedBy } of open.flatMap(({ requirements }) => requirements)) {
    const excluded = excludedOwners(requirement, facts)
    for (const owner of requirement.owners) {
      if (isTeam(owner)) {
        if (membersOf(owner, facts) !== undefined && !excluded.includes(owner)) teams.add(owner)
      } else if (
        owner.startsWith('@') &&
        !excluded.includes(owner) &&
        !approvedBy.some((person) => namesPerson(owner, person))
      ) {
        users.add(loginIn(owner))
      }
    }
  }
  return { users: [...users], teams: [...teams] }
}

function withdrawn(reviews: readonly Review[]): { login: string; because: string }[] {
  return reviews
    .filter(({ state }) => state === 'dismissed')
    .map(({ author }) => ({
      login: author.login,
      because: 'the newest review was dismissed; an older one does not come back',
    }))
}

function describeCounted(counted: ApprovalDecision['counted']): string[] {
  return counted.map(({ login, for: names }) => `@${login} for ${names.join(', ')}`)
}
