import type { PullRef } from '../../domain/refs.ts'
import type { ParsedCommand } from '../../features/commands/command.ts'
import { discover } from '../../features/discovery/discover.ts'
import { parseCommand } from '../../features/commands/parse-command.ts'
import { obeyIfAllowed } from './obey-if-allowed.ts'
import { perform } from '../perform/perform.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { atPresentBase } from '../repository/at-present-base.ts'
import { readTip, type Tip } from '../repository/read-configuration.ts'
import { loadFiles } from '../repository/render-revision.ts'
import { answerKey, answerMarker, type CommandAnswer, commentAction } from './command-answer.ts'
import { readPerson } from './read-person.ts'
import { endUnanswered, turnAway } from './turn-away.ts'

/**
 * A command in a comment: acknowledged by a reaction, obeyed if the person may, answered by one reply that ends with the
 * outcome. Rights are read at this moment, not when the comment was written; where they cannot be read it is tried again.
 * Running it again changes nothing.
 */
export async function runCommand(ports: Ports, ref: PullRef, commentId: string): Promise<JourneyOutcome> {
  const answered = await ports.store.effects.find(answerKey(ref, commentId))
  if (answered.state === 'settled') return { outcome: 'answered-before', actions: 0 }
  const [found, comment] = await Promise.all([ports.github.pull(ref), ports.github.comment(ref, commentId)])
  if (!found) return { outcome: 'gone', actions: 0 }
  if (!comment) {
    await endUnanswered(ports, ref, commentId, { actor: 'drawbridge', reason: 'deleted before it was read' })
    return { outcome: 'gone', actions: 0 }
  }
  if (comment.author.isBot || comment.isEdited) return { outcome: 'ignored', actions: 0 }

  const tip = await readTip(ports, ref.repository, { fetch: true })
  if (!tip) return { outcome: 'empty-repository', actions: 0 }
  const pull = await atPresentBase(tip.git, found)
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
  const isOpen = parsed.kind === 'command' && ['freeze', 'lock', 'pause'].includes(parsed.command.verb)
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

/** What `/freeze prod checkout is broken` means hangs on whether there is an application of that name. */
async function applicationNames({ git, sha, configuration }: Tip): Promise<string[]> {
  const { sources } = discover(await loadFiles(git, sha), configuration)
  return [...new Set(sources.map(({ application }) => application))]
}
