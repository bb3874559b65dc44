import { type Carried, type Proposal, revertCauses } from '../../domain/proposal.ts'
import type { Actor } from '../../domain/refs.ts'

/** Fields by kind; a proposal has all of its own, once each, and no other. `Requested-By`, and a promotion's `Carries` and `Holds`, may be absent. */
const fields = {
  promotion: ['Applications', 'From', 'To'],
  revert: ['Applications', 'Environment', 'Cause', 'Bad', 'Good', 'Merge'],
} as const

const prefix = 'Drawbridge-'

/** The proposal as git trailers, to end a commit message with. Source of the form: git-interpret-trailers(1). */
export function formatProposal(proposal: Proposal): string {
  const lines =
    proposal.kind === 'promotion'
      ? [
          ['Proposal', 'promotion'],
          ['Applications', proposal.applications.join(', ')],
          ['From', proposal.from.join(', ')],
          ['To', proposal.to],
          ...(proposal.holds ? [['Holds', 'automation']] : []),
          ...(proposal.carries ? [['Carries', formatCarried(proposal.carries)]] : []),
        ]
      : [
          ['Proposal', 'revert'],
          ['Applications', proposal.applications.join(', ')],
          ['Environment', proposal.environment],
          ['Cause', proposal.cause],
          ['Bad', proposal.bad],
          ['Good', proposal.good],
          ['Merge', proposal.merge],
        ]
  if (proposal.requestedBy) lines.push(['Requested-By', formatActor(proposal.requestedBy)])
  return lines.map(([key, value]) => `${prefix}${key}: ${value}`).join('\n')
}

/**
 * The proposal that a commit message ends with; undefined for anything that is not exactly one.
 * Says nothing about who wrote it: the caller has verified the commit's signature.
 */
export function parseProposal(commitMessage: string): Proposal | undefined {
  const trailers = readTrailers(commitMessage)
  const kind = trailers?.get('Proposal')
  if (!trailers || (kind !== 'promotion' && kind !== 'revert')) return undefined
  const expected = new Set<string>(['Proposal', ...fields[kind]])
  const requestedBy = parseActor(trailers.get('Requested-By'))
  if (trailers.has('Requested-By') && !requestedBy) return undefined
  trailers.delete('Requested-By')
  const carries = kind === 'promotion' ? parseCarried(trailers.get('Carries')) : undefined
  if (kind === 'promotion' && trailers.has('Carries') && !carries) return undefined
  const holds = kind === 'promotion' ? trailers.get('Holds') : undefined
  if (holds !== undefined && (holds !== 'automation' || !requestedBy)) return undefined
  if (kind === 'promotion') ['Carries', 'Holds'].forEach((field) => trailers.delete(field))
  if (trailers.size !== expected.size || [...trailers.keys()].some((key) => !expected.has(key)))
    return undefined
  return kind === 'promotion'
    ? toPromotion(trailers, { carries, holds: holds !== undefined, requestedBy })
    : toRevert(trailers, requestedBy)
}

type Trailers = ReadonlyMap<string, string>

function toPromotion(
  trailers: Trailers,
  {
    carries,
    holds,
    requestedBy,
  }: { carries: Carried[] | undefined; holds: boolean; requestedBy: Actor | undefined },
): Proposal | undefined {
  const applications = namesOf(trailers.get('Applications'))
  const from = namesOf(trailers.get('From'))
  const to = nameOf(trailers.get('To'))
  if (!applications || !from || !to) return undefined
  return {
    kind: 'promotion',
    applications,
    from,
    to,
    ...(carries && { carries }),
    ...(holds && { holds }),
    ...(requestedBy && { requestedBy }),
  }
}

function toRevert(trailers: Trailers, requestedBy: Actor | undefined): Proposal | undefined {
  const applications = namesOf(trailers.get('Applications'))
  const environment = nameOf(trailers.get('Environment'))
  const cause = revertCauses.find((name) => name === trailers.get('Cause'))
  const bad = shaOf(trailers.get('Bad'))
  const good = shaOf(trailers.get('Good'))
  const merge = trailers.get('Merge')
  if (!applications || !environment || !cause || !bad || !good) return undefined
  if (merge !== 'rule' && merge !== 'people') return undefined
  return {
    kind: 'revert',
    applications,
    environment,
    cause,
    bad,
    good,
    merge,
    ...(requestedBy && { requestedBy }),
  }
}

/** The last paragraph's trailers of ours; undefined where one of ours stands elsewhere or twice. */
function readTrailers(message: string): Map<string, string> | undefined {
  const paragraphs = message
    .replaceAll('\r\n', '\n')
    .trimEnd()
    .split(/\n[ \t]*\n/)
  const last = paragraphs.pop() ?? ''
  if (paragraphs.some((paragraph) => /^drawbridge-/im.test(paragraph))) return undefined
  const trailers = new Map<string, string>()
  for (const line of last.split('\n')) {
    if (!line.startsWith(prefix)) continue
    const colon = line.indexOf(': ')
    const key = line.slice(prefix.length, colon)
    if (colon < 0 || trailers.has(key)) return undefined
    trailers.set(key, line.slice(colon + 2))
  }
  return trailers
}

function namesOf(value: string | undefined): string[] | undefined {
  const names = value?.split(', ')
  return names?.every((name) => nameOf(name) !== undefined) ? names : undefined
}

/** Names of applications and environments: no spaces, commas or control characters. */
function nameOf(value: string | undefined): string | undefined {
  return value !== undefined && /^[^\s,:\p{C}]{1,200}$/u.test(value) ? value : undefined
}

function shaOf(value: string | undefined): string | undefined {
  return value !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value) ? value : undefined
}

/** `checkout staging <sha>`, one after the other. */
function formatCarried(carries: readonly Carried[]): string {
  return carries
    .map(({ application, environment, revision }) => `${application} ${environment} ${revision}`)
    .join(', ')
}

function parseCarried(value: string | undefined): Carried[] | undefined {
  const parts = value?.split(', ') ?? []
  const carries = parts.flatMap((part) => {
    const [first, second, third, ...rest] = part.split(' ')
    const [application, environment, revision] = [nameOf(first), nameOf(second), shaOf(third)]
    const isWhole = application !== undefined && environment !== undefined && revision !== undefined
    return isWhole && rest.length === 0 ? [{ application, environment, revision }] : []
  })
  return parts.length > 0 && carries.length === parts.length ? carries : undefined
}

/** `ada <583231>`, with `bot` behind it for bots. */
function formatActor({ login, id, isBot }: Actor): string {
  return `${login} <${id}>${isBot ? ' bot' : ''}`
}

function parseActor(value: string | undefined): Actor | undefined {
  const match = /^([A-Za-z0-9](?:[A-Za-z0-9_-]*)(?:\[bot\])?) <([A-Za-z0-9_=-]{1,64})>( bot)?$/.exec(
    value ?? '',
  )
  const [, login, id, bot] = match ?? []
  return login && id ? { id, login, isBot: bot !== undefined } : undefined
}
