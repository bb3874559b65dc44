import type { ChangeClass, Environment } from '../../domain/configuration.ts'
import type { Proposal } from '../../domain/proposal.ts'
import type { Permission, Pull, Review } from '../../domain/pull.ts'
import { type Actor, type Sha, targetKey } from '../../domain/refs.ts'
import type { Verdict } from '../../domain/verdict.ts'
import { loginIn, namesPerson } from '../config/person-name.ts'
import type { Codeowners } from './codeowners.ts'
import { type Ask, asksOf, type Requirement, requirementsIn } from './requirements.ts'
import { canWrite, exclusionOf, isTeam, membersOf, newestReviews, ownerNameOf } from './reviewers.ts'

export interface ApprovalFacts {
  pull: Pull
  changeClass: ChangeClass
  proposal?: Proposal
  /** What renders differently, why, and what is bad about it. */
  changes: ApprovalChange[]
  environments: Environment[]
  codeowners: Codeowners | undefined
  /** Everybody's, in any order; the newest of each person is chosen here. */
  reviews: Review[]
  /** What each review had before it when its event came in, by `targetKey`. */
  recorded: { id: string; sha: Sha; digests: Record<string, Sha> }[]
  /** Author, committers, co-authors, pushers. */
  contributors: Actor[]
  self: Actor
  /** Members by `@organisation/team`; a team that is not in it is unknown. */
  teams: Map<string, Actor[]>
  /** By the person's id; who is not in it may do nothing. */
  permissions: Map<string, Permission>
}

export interface ApprovalChange {
  environment: string
  application: string
  cluster: string
  digest: Sha
  /** The changed files behind it. */
  paths: string[]
  /** A file that stands for the application in CODEOWNERS: its owners are asked whatever file changed. */
  impact?: string
  /** Codes of its danger lines. */
  dangers: string[]
  /** True: not an application, but the rules themselves. */
  isRule?: boolean
}

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
    reviews.filter(({ state }) => state === 'approved').map((review) => judge(review, requirements, facts)),
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
    const fix = `make the changes and ask ${names.join(' and ')} to approve, or have the review dismissed`
    return decide({
      outcome: 'block',
      reason: `changes requested by ${names.join(' and ')}`,
      details: [],
      fix,
    })
  }
  if (facts.changeClass === 'revert' && facts.proposal?.kind === 'revert' && facts.proposal.cause === 'slo') {
    const reason = 'emergency rule: a revert opened by SLO evidence needs no approval'
    return decide({ outcome: 'pass', reason, details: [] })
  }
  const open = asks.flatMap((ask) => unmet(ask, judged, facts))
  if (open.length === 0) {
    const names = counted.map(({ login }) => `@${login}`)
    return decide({
      outcome: 'pass',
      reason: `approved by ${names.join(' and ')}`,
      details: describeCounted(counted),
    })
  }
  const notes = judged.flatMap(({ login, because }) =>
    because ? [`@${login} does not count: ${because}`] : [],
  )
  return decide(
    {
      outcome: 'wait',
      ...waitingWords(open, notes),
      fix: open.every(({ canBeMet }) => canBeMet)
        ? 'ask them for an approving review'
        : 'name an owner who can approve: nobody who is named now can',
    },
    whomToAsk(open, judged, facts),
  )
}

/** Where many are missing, who comes first and for what is in the details: a title has room for one line. */
function waitingWords(open: readonly Unmet[], notes: readonly string[]): Pick<Verdict, 'reason' | 'details'> {
  const sentences = [...new Set(open.map(({ words }) => words))]
  const details = [...new Set([...open.flatMap(({ details }) => details), ...notes])]
  if (sentences.length <= 2) return { reason: `waits for ${sentences.join(' and for ')}`, details }
  const people = [...new Set(open.map(({ who }) => who))]
  return {
    reason: `waits for ${people.slice(0, -1).join(', ')} and ${people.at(-1)}`,
    details: [...sentences, ...details],
  }
}

/** One person's newest approval, and the requirements it satisfies. */
interface Judged {
  actor: Actor
  login: string
  met: Requirement[]
  for: string[]
  /** Why it does not satisfy the others. */
  because?: string
}

function judge(review: Review, requirements: readonly Requirement[], facts: ApprovalFacts): Judged {
  const met: Requirement[] = []
  const names = new Set<string>()
  const reasons = new Set<string>()
  for (const requirement of requirements) {
    const answer = meets(review, requirement, facts)
    if ('because' in answer) reasons.add(answer.because)
    else {
      met.push(requirement)
      names.add(answer.as)
    }
  }
  if (met.length > 0) reasons.delete(notAsked)
  const because = mostTelling([...reasons])
  return {
    actor: review.author,
    login: review.author.login,
    met,
    for: [...names],
    ...(because && { because }),
  }
}

/** Approvals by comment add up; a person still counts once. */
function onePerPerson(judged: readonly Judged[]): Judged[] {
  const people = new Map<string, Judged>()
  for (const entry of judged) {
    const known = people.get(entry.actor.id)
    if (known === undefined) people.set(entry.actor.id, entry)
    else {
      const { because, ...rest } = known
      const met = [...new Set([...known.met, ...entry.met])]
      const why = met.length > 0 ? undefined : (because ?? entry.because)
      const names = [...new Set([...known.for, ...entry.for])]
      people.set(entry.actor.id, { ...rest, met, for: names, ...(why && { because: why }) })
    }
  }
  return [...people.values()]
}

const notAsked = 'is not asked for this change'

function mostTelling(reasons: string[]): string | undefined {
  return reasons.find((reason) => reason !== notAsked) ?? reasons[0]
}

function meets(
  review: Review,
  requirement: Requirement,
  facts: ApprovalFacts,
): { as: string } | { because: string } {
  const { author } = review
  const excluded = exclusionOf(author, facts, requirement.fourEyes)
  if (excluded !== undefined) return { because: excluded }
  if (review.environments && !review.environments.includes(requirement.environment)) {
    return { because: `approved for ${review.environments.join(', ')} only` }
  }
  if (facts.codeowners?.isUnreadable && requirement.paths.length > 0) {
    return { because: 'CODEOWNERS cannot be read, so nobody is known to own this' }
  }
  const as =
    requirement.owners.length > 0
      ? ownerNameOf(author, requirement.owners, facts)
      : canWrite(author, facts)
        ? requirement.environment
        : undefined
  if (as === undefined)
    return { because: canWrite(author, facts) ? notAsked : 'has no write permission here' }
  const changed = changedSince(review, requirement, facts)
  if (changed.length === 0) return { as }
  const verb = changed.length === 1 ? 'renders' : 'render'
  return { because: `approved an earlier state: ${listed(changed)} ${verb} differently now` }
}

/** What renders otherwise than the reviewer saw it, as `application/environment`; empty where nothing does. */
function changedSince(review: Review, requirement: Requirement, facts: ApprovalFacts): string[] {
  const record = facts.recorded.find(({ id }) => id === review.id)
  // GitHub may move its own note of the commit along with a later push; ours was taken when the review came in.
  // The head alone says too little: what it renders to changes with the base that it is merged into.
  if (!record && review.sha === facts.pull.headSha) return []
  const digests = new Map(Object.entries(record?.digests ?? {}))
  const changed = requirement.changes.filter((change) => digests.get(targetKey(change)) !== change.digest)
  return [...new Set(changed.map(({ application, environment }) => `${application}/${environment}`))]
}

interface Unmet {
  /** What an approval would help with. */
  requirements: Requirement[]
  words: string
  /** The same without the files. */
  who: string
  details: string[]
  canBeMet: boolean
}

/** What is still open of an ask; nothing where it is met. */
function unmet(ask: Ask, judged: readonly Judged[], facts: ApprovalFacts): Unmet[] {
  switch (ask.kind) {
    case 'people':
      return unmetBy(ask.requirement, judged, facts)
    case 'owners':
      return unmetByOwners(ask, judged, facts)
    case 'all':
      return ask.of.flatMap((inner) => unmet(inner, judged, facts))
    case 'any': {
      const ways = ask.of.map((inner) => unmet(inner, judged, facts))
      return ways.some((way) => way.length === 0) ? [] : [oneOf(ways)]
    }
  }
}

function unmetBy(requirement: Requirement, judged: readonly Judged[], facts: ApprovalFacts): Unmet[] {
  const approvers = judged.filter(({ met }) => met.includes(requirement)).length
  return approvers < requirement.count ? [toUnmet(requirement, approvers, facts)] : []
}

/** Groups without enough approvers; and where all together are still too few, that. */
function unmetByOwners(
  { groups, count }: Extract<Ask, { kind: 'owners' }>,
  judged: readonly Judged[],
  facts: ApprovalFacts,
): Unmet[] {
  const open = groups.flatMap((group) => unmetBy(group, judged, facts))
  const [first] = groups
  const approvers = judged.filter(({ met }) => met.some((requirement) => groups.includes(requirement))).length
  const lacking = count - approvers - open.length
  if (first === undefined || lacking <= 0) return open
  const owners = groups.some((group) => group.owners.length === 0)
    ? []
    : [...new Set(groups.flatMap((group) => group.owners))]
  const paths = [...new Set(groups.flatMap((group) => group.paths))]
  return [...open, toUnmet({ ...first, owners, paths, count: approvers + lacking }, approvers, facts)]
}

/** Several ways, each of which would do. */
function oneOf(ways: readonly Unmet[][]): Unmet {
  return {
    requirements: ways.flat().flatMap(({ requirements }) => requirements),
    words: inOr(ways.map((way) => way.map(({ words }) => words))),
    who: inOr(ways.map((way) => way.map(({ who }) => who))),
    details: ways.flat().flatMap(({ details }) => details),
    canBeMet: ways.some((way) => way.every(({ canBeMet }) => canBeMet)),
  }
}

function inOr(ways: readonly string[][]): string {
  return [...new Set(ways.map((way) => way.join(' and ')))].join(', or ')
}

function toUnmet(requirement: Requirement, approvers: number, facts: ApprovalFacts): Unmet {
  const { owners, paths, environment } = requirement
  const lacking = requirement.count - approvers
  const more = lacking > 1 ? `${lacking} of ` : approvers > 0 ? 'one more of ' : ''
  const where = paths.length > 0 ? shortened(paths) : environment
  const unknown = owners.filter((owner) => isTeam(owner) && membersOf(owner, facts) === undefined)
  const mails = owners.filter((owner) => !owner.startsWith('@'))
  const excluded = excludedOwners(requirement, facts)
  const isUnreadable = facts.codeowners?.isUnreadable === true && paths.length > 0
  const who = isUnreadable
    ? 'a CODEOWNERS that can be read'
    : owners.join(' or ') || 'anybody with write permission'
  const hasCandidate = owners.length === 0 || owners.length > unknown.length + mails.length + excluded.length
  return {
    requirements: [requirement],
    words: `${more}${who} (${where})`,
    who: `${more}${who}`,
    details: [
      ...(isUnreadable ? ['CODEOWNERS cannot be read, so nobody is known to own anything'] : []),
      ...unknown.map((team) => `${team} is not a known team, so nobody can approve for it`),
      ...mails.map((mail) => `${mail} is an e-mail address; nobody can be matched with it`),
      ...excluded.map(
        (owner) =>
          `${owner} cannot approve this change: nobody there but its author, requester or contributors`,
      ),
    ],
    canBeMet: hasCandidate && !isUnreadable,
  }
}

/** Owners whom four eyes keeps out: people, and teams in which nobody else is. */
function excludedOwners(requirement: Requirement, facts: ApprovalFacts): string[] {
  const people = [facts.pull.author, ...facts.contributors]
  if (facts.proposal?.requestedBy) people.push(facts.proposal.requestedBy)
  const isOut = (person: Actor) => exclusionOf(person, facts, requirement.fourEyes) !== undefined
  const out = people.filter(isOut)
  return requirement.owners.filter((owner) =>
    isTeam(owner) ? membersOf(owner, facts)?.every(isOut) : out.some((person) => namesPerson(owner, person)),
  )
}

/** Only those who could satisfy something that is open, and have not done so. */
function whomToAsk(open: readonly Unmet[], judged: readonly Judged[], facts: ApprovalFacts) {
  const users = new Set<string>()
  const teams = new Set<string>()
  for (const requirement of open.flatMap(({ requirements }) => requirements)) {
    const excluded = excludedOwners(requirement, facts)
    const approved = judged.filter(({ met }) => met.length > 0).map(({ actor }) => actor)
    for (const owner of requirement.owners) {
      if (isTeam(owner)) {
        if (membersOf(owner, facts) !== undefined && !excluded.includes(owner)) teams.add(owner)
      } else if (
        owner.startsWith('@') &&
        !excluded.includes(owner) &&
        !approved.some((person) => namesPerson(owner, person))
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

/** `a, b and 3 more` */
function listed(names: readonly string[]): string {
  const rest = names.length - 3
  return rest > 0 ? `${names.slice(0, 3).join(', ')} and ${rest} more` : names.join(', ')
}

function shortened(paths: readonly string[]): string {
  return paths.length === 1 ? (paths[0] ?? '') : `${paths[0]} and ${paths.length - 1} more`
}
