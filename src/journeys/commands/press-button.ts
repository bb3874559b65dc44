import type { Action } from '../../domain/action.ts'
import type { Pull } from '../../domain/pull.ts'
import type { Work } from '../../domain/work.ts'
import { parseCommand } from '../../features/commands/parse-command.ts'
import { commandOfButton } from '../../features/review/check-buttons.ts'
import { commentAction } from './command-answer.ts'
import { obeyIfAllowed } from './obey-if-allowed.ts'
import { perform } from '../perform/perform.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { readPerson } from './read-person.ts'
import { readTip } from '../repository/read-configuration.ts'
import { publishUnjudged } from '../review/unjudged.ts'

type Press = Extract<Work, { kind: 'press-button' }>

/**
 * A button of a check is the command that it stands for: the same rights, read at this moment, the same effect. The answer
 * is one comment for each person and button, so that pressing again and again changes nothing.
 */
export async function pressButton(ports: Ports, press: Press): Promise<JourneyOutcome> {
  const { repository, sha, identifier, actor } = press
  const text = commandOfButton(identifier)
  const pull = (await ports.github.openPulls(repository)).find(({ headSha }) => headSha === sha)
  if (text === undefined || !pull) return { outcome: 'gone', actions: 0 }
  const parsed = parseCommand(text)
  const tip = await readTip(ports, repository, { fetch: true })
  if (parsed.kind !== 'command' || !tip) return { outcome: 'gone', actions: 0 }
  const { command } = parsed
  const comment = { id: '', author: actor, body: text, createdAt: ports.clock.now(), isEdited: false }
  const person = await readPerson(ports, repository, tip.configuration.roles, actor)
  const answer = await obeyIfAllowed(ports, { pull, comment, tip, actor, person, command })
  const isShownByCheck = command.verb === 'recheck' && answer.outcome === 'obeyed'
  if (isShownByCheck) {
    const begun = await publishUnjudged(ports, pull, { kind: 'begun' })
    return { outcome: answer.outcome, actions: begun + (await perform(ports, answer.actions, actor.login)) }
  }
  const actions = [...answer.actions, reply(pull, press, answer.body)]
  return { outcome: answer.outcome, actions: await perform(ports, actions, actor.login) }
}

function reply(pull: Pull, { identifier, actor }: Press, body: string): Action {
  const marker = `button-${identifier.replace(':', '-')}-${actor.id}`
  return commentAction(pull.ref, marker, body)
}
