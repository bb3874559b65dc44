import { actionKey } from '../../domain/action.ts'
import type { Comment } from '../../domain/pull.ts'
import { type PullRef, repositoryKey } from '../../domain/refs.ts'
import type { ParsedCommand } from '../../features/commands/command.ts'
import { commandLimits, type CommandSeen, rateCommand } from '../../features/commands/command-rate.ts'
import { holdsRole, isReader, openVerbs } from '../../features/commands/evaluate-right.ts'
import type { Person } from '../../features/commands/rights-table.ts'
import { answerKey, commentAction } from './command-answer.ts'
import { perform } from '../perform/perform.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import type { Tip } from '../repository/read-configuration.ts'

interface Request {
  ref: PullRef
  comment: Comment
  tip: Tip
  person: Person
  parsed: ParsedCommand
}

/** One word to strangers on a pull request in so much time, whoever they are and whatever they type. */
const strangerEveryMs = 3_600_000

/**
 * Ends a command that is not worth an answer of its own: a stranger's, of which one in an hour is answered on each pull
 * request, and one too many. Undefined: it is to be looked at. Nothing else is written, so that comments of ours cannot be
 * made to flood.
 */
export async function turnAway(ports: Ports, request: Request): Promise<JourneyOutcome | undefined> {
  const { ref, comment, person } = request
  const now = ports.clock.now()
  if (isStranger(request)) {
    const reason = 'commands of people without a role here are not obeyed'
    return refuseOnce(ports, request, `stranger-${period(now, strangerEveryMs)}`, reason)
  }
  const key = `command-rate/${repositoryKey(ref.repository)}`
  const remembered = await ports.store.cache.get(key)
  const seen: CommandSeen[] = remembered ? JSON.parse(Buffer.from(remembered).toString('utf8')) : []
  const rate = rateCommand(seen, { commentId: comment.id, actor: person.actor.id, at: now })
  if (rate.kind === 'exceeded') {
    const count = rate.whose === 'person' ? commandLimits.perPerson : commandLimits.perRepository
    const by = rate.whose === 'person' ? `by ${person.actor.login}` : 'in this repository'
    const until = new Date(rate.until).toISOString().slice(0, 16)
    const reason = `more than ${count} commands ${by} within ten minutes; what is typed before ${until}Z is not obeyed`
    return refuseOnce(
      ports,
      request,
      `too-many-${person.actor.id}-${period(now, commandLimits.windowMs)}`,
      reason,
    )
  }
  await ports.store.cache.put(key, Buffer.from(JSON.stringify(rate.seen)), now)
  return undefined
}

/** Somebody who can read at most, holds no role, and asks for more than what every reader may. */
function isStranger({ person, parsed, tip }: Request): boolean {
  if (!isReader(person.permission)) return true
  if (parsed.kind === 'command' && openVerbs.includes(parsed.command.verb)) return false
  return person.permission === 'read' && !tip.configuration.roles.some((role) => holdsRole(role, person))
}

async function refuseOnce(
  ports: Ports,
  { ref, comment, person, parsed }: Request,
  marker: string,
  reason: string,
): Promise<JourneyOutcome> {
  const command = parsed.kind === 'command' ? `/${parsed.command.verb}` : 'a command'
  const view = { command, by: person.actor.login, reason, whoCould: [], fix: '' }
  const action = commentAction(ref, marker, ports.words.write('notice/refused', view))
  const said = await ports.store.effects.find(actionKey(action))
  const actions = said.state === 'settled' ? 0 : await perform(ports, [action])
  await endUnanswered(ports, ref, comment.id, { actor: person.actor.login, reason })
  return { outcome: 'turned-away', actions }
}

/** The command is over without a reply of its own; the audit says why. */
export async function endUnanswered(
  ports: Ports,
  ref: PullRef,
  commentId: string,
  { actor, reason }: { actor: string; reason: string },
): Promise<void> {
  const key = answerKey(ref, commentId)
  const now = ports.clock.now()
  await ports.store.effects.intend(key, reason, now)
  await ports.store.effects.settle(key, {}, { what: 'refuse', subject: key, actor, reason, data: {} }, now)
}

/** Which of the spans of so many milliseconds a moment is in. */
function period(now: number, lengthMs: number): number {
  return Math.floor(now / lengthMs)
}
