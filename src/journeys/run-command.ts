import type { PullRef } from '../domain/refs.ts'
import { type ParsedCommand, usages } from '../features/commands/command.ts'
import { discover } from '../features/discovery/discover.ts'
import { stateFault } from '../features/commands/fits-state.ts'
import { parseCommand } from '../features/commands/parse-command.ts'
import { evaluateRight, type RightDecision } from '../features/commands/evaluate-right.ts'
import { obey } from './obey-command.ts'
import { perform } from './perform.ts'
import type { JourneyOutcome, Ports } from './ports.ts'
import { readPerson } from './read-person.ts'
import { readTip, type Tip } from './read-configuration.ts'
import { loadFiles } from './render-revision.ts'
import {
  answerKey,
  answerMarker,
  type CommandAnswer,
  type CommandContext,
  commentAction,
  failed,
} from './command-answer.ts'
import { commandPlaces } from './command-places.ts'
import { endUnanswered, turnAway } from './turn-away.ts'

/**
 * A command in a comment: acknowledged by a reaction, obeyed if the person may, answered by one reply that ends with the
 * outcome. Rights are read at this moment, not when the comment was written; where they cannot be read it is tried again.
 * Running it again changes nothing.
 */
export async function runCommand(ports: Ports, ref: PullRef, commentId: string): Promise<JourneyOutcome> {
  const answered = await ports.store.effects.find(answerKey(ref, commentId))
  if (answered.state === 'settled') return { outcome: 'answered-before', actions: 0 }
  const [pull, comment] = await Promise.all([ports.github.pull(ref), ports.github.comment(ref, commentId)])
  if (!pull) return { outcome: 'gone', actions: 0 }
  if (!comment) {
    await endUnanswered(ports, ref, commentId, { actor: 'drawbridge', reason: 'deleted before it was read' })
    return { outcome: 'gone', actions: 0 }
  }
  if (comment.author.isBot || comment.isEdited) return { outcome: 'ignored', actions: 0 }

  const tip = await readTip(ports, ref.repository, { fetch: true })
  if (!tip) return { outcome: 'empty-repository', actions: 0 }
  const parsed = await parse(comment.body, tip)
  if (parsed.kind === 'none') return { outcome: 'no-command', actions: 0 }

  const actor = comment.author
  const person = await readPerson(ports, ref.repository, tip.configuration.roles, actor)
  const turnedAway = await turnAway(ports, { ref, comment, tip, person, parsed })
  if (turnedAway) return turnedAway

  let actions = await perform(ports, [{ kind: 'react', pull: ref, commentId, reaction: 'eyes' }])
  const answer =
    parsed.kind === 'error'
      ? misunderstood(ports, parsed)
      : await obeyIfAllowed(ports, { pull, comment, tip, actor, person, command: parsed.command })
  const reply = commentAction(ref, answerMarker(commentId), answer.body)
  // The reply goes last: while it is missing, the command is looked at again, and what it did is found done.
  actions += await perform(ports, [...answer.actions, reply], actor.login)
  return { outcome: answer.outcome, actions }
}

async function parse(body: string, tip: Tip): Promise<ParsedCommand> {
  const parsed = parseCommand(body)
  const isOpen =
    parsed.kind === 'command' && (parsed.command.verb === 'freeze' || parsed.command.verb === 'lock')
  return isOpen ? parseCommand(body, await applicationNames(tip)) : parsed
}

function misunderstood(ports: Ports, error: { message: string; didYouMean?: string }): CommandAnswer {
  const fix = error.didYouMean
    ? `did you mean /${error.didYouMean.replace(/^\//, '')}? /help lists every command`
    : '/help lists every command'
  const problems = [{ code: 'COMMAND_UNREADABLE', path: 'comment', line: 0, message: error.message, fix }]
  return {
    outcome: 'misunderstood',
    body: ports.words.write('notice/problems', { title: 'That command was not understood', problems }),
    actions: [],
  }
}

async function obeyIfAllowed(ports: Ports, request: Omit<CommandContext, 'places'>): Promise<CommandAnswer> {
  const { tip, actor, command } = request
  const fault = stateFault(command.verb, request.pull)
  if (fault) return failed(ports, { ...request, places: [] }, fault.reason, fault.fix)
  const context: CommandContext = { ...request, places: await commandPlaces(ports, request) }
  const refusal = firstRefusal(context)
  if (!refusal) return obey(ports, context)
  await ports.store.audit.append(
    {
      what: 'refuse',
      subject: `command/${command.verb}`,
      actor: actor.login,
      reason: refusal.reason,
      data: { branch: tip.branch, usage: usages[command.verb] },
    },
    ports.clock.now(),
  )
  return {
    outcome: 'refused',
    body: ports.words.write('notice/refused', {
      command: `/${command.verb}`,
      by: actor.login,
      reason: refusal.reason,
      whoCould: refusal.whoCould,
    }),
    actions: [],
  }
}

/** The right is needed in every place that the command reaches; the first that is missing refuses all of it. */
function firstRefusal({ tip, person, command, places }: CommandContext): RightDecision | undefined {
  const wanted = places.length > 0 ? places : [{}]
  return wanted
    .map((place) => evaluateRight(tip.configuration.roles, { verb: command.verb, ...place, ...person }))
    .find(({ isAllowed }) => !isAllowed)
}

/** What `/freeze prod checkout is broken` means hangs on whether there is an application of that name. */
async function applicationNames({ git, sha, configuration }: Tip): Promise<string[]> {
  const { sources } = discover(await loadFiles(git, sha), configuration)
  return [...new Set(sources.map(({ application }) => application))]
}
