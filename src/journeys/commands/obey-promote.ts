import type { Action } from '../../domain/action.ts'
import type { Command } from '../../features/commands/command.ts'
import { type CommandAnswer, type CommandContext, done, failed } from './command-answer.ts'
import { gatherDivergence } from '../promotion/gather-divergence.ts'
import type { Ports } from '../ports.ts'
import { holdNote, proposePromotion } from '../promotion/propose-promotion.ts'
import { loadFiles } from '../repository/render-revision.ts'
import { settlePromotion } from '../promotion/settle-promotion.ts'

/** Opens the pull requests of a promotion, or says what they would carry. Soak and health are asked for by their gates. */
export async function obeyPromote(
  ports: Ports,
  context: CommandContext,
  command: Extract<Command, { verb: 'promote' }>,
): Promise<CommandAnswer> {
  const { tip, pull, actor, places } = context
  const known = tip.configuration.environments.filter(({ promotion }) => promotion).map(({ name }) => name)
  if (!places.some(({ environment }) => known.includes(environment))) {
    const reason = `nothing is promoted to "${command.environment}"`
    return failed(ports, context, reason, `name one of ${known.join(', ')}`)
  }
  const { repository } = pull.ref
  const files = await loadFiles(tip.git, tip.sha)
  const releases = (await ports.store.releases.list(repository)).map(({ release }) => release)
  const actions: Action[] = []
  const lines: string[] = []
  for (const { application, environment: to } of places) {
    const { revision } = command
    const request = { repository, tip, files, application, to, releases, isAsked: true, revision }
    const settled = await settlePromotion(ports, request)
    const name =
      new Set(places.map(({ environment }) => environment)).size > 1 ? `${application} to ${to}` : application
    if (settled.kind !== 'promote') {
      lines.push(`${name}: ${settled.reason}`)
      continue
    }
    const { part } = settled
    if (!command.isDryRun) {
      const divergence = await gatherDivergence(ports, { repository, tip, to }, part, ports.self.maskKey)
      const parts = [{ ...part, divergence }]
      actions.push(proposePromotion(ports, { repository, tip, to, parts, requestedBy: actor }))
    }
    lines.push(...part.moves.map((move) => `${name}: ${move.name} ${move.before} → ${move.after}`))
    const note = holdNote(part, to)
    if (note !== undefined) lines.push(note)
  }
  return done(ports, context, summaryOf(command.isDryRun, actions.length), actions, lines)
}

function summaryOf(isDryRun: boolean, opened: number): string {
  if (isDryRun) return 'this is what a promotion would carry; nothing was opened'
  if (opened === 0) return 'there is nothing to promote'
  const pulls = opened === 1 ? 'pull request is' : 'pull requests are'
  return `${opened} promotion ${pulls} open; your own approval does not count there`
}
