import { usages } from '../../features/commands/command.ts'
import { evaluateRight, type RightDecision } from '../../features/commands/evaluate-right.ts'
import { stateFault } from '../../features/commands/fits-state.ts'
import { type CommandAnswer, type CommandContext, failed } from './command-answer.ts'
import { commandPlaces } from './command-places.ts'
import { obey } from './obey-command.ts'
import type { Ports } from '../ports.ts'

/** What a command comes to, by the rights of this moment. A refusal is audited. */
export async function obeyIfAllowed(
  ports: Ports,
  request: Omit<CommandContext, 'places'>,
): Promise<CommandAnswer> {
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
