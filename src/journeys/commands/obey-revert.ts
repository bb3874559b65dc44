import type { Action } from '../../domain/action.ts'
import type { Attestation } from '../../domain/release.ts'
import type { Command } from '../../features/commands/command.ts'
import { type CommandAnswer, type CommandContext, done, failed } from './command-answer.ts'
import type { CommandPlace } from './command-places.ts'
import type { Ports } from '../ports.ts'
import { openReverts } from '../rollback/open-reverts.ts'
import { proposeRevert } from '../rollback/propose-revert.ts'
import { trustedHistory } from '../repository/trusted-history.ts'

/** How far back a release is found by its commit or by its pull request. */
const historyDepth = 200

/**
 * Opens the pull request that takes a release back: the one named by its commit, else the one that this pull request
 * brought, else what runs. Releases that came since stay, as far as they touch other lines.
 */
export async function obeyRevert(
  ports: Ports,
  context: CommandContext,
  command: Extract<Command, { verb: 'revert' }>,
): Promise<CommandAnswer> {
  const { tip, pull, actor, places } = context
  const actions: Action[] = []
  const lines: string[] = []
  for (const place of places) {
    const bad = await releaseMeant(ports, context, command, place)
    if (!bad) continue
    const where = `${place.application} in ${place.environment}`
    const { repository } = pull.ref
    const [other] = await openReverts(ports, { repository, tip, bad })
    if (other) {
      lines.push(
        `${where}: #${other.ref.number} takes another release back already; merge or close that first`,
      )
      continue
    }
    const proposed = await proposeRevert(ports, {
      repository,
      tip,
      bad,
      cause: 'command',
      merge: 'people',
      requestedBy: actor,
      evidence: { verdict: `Asked for on #${pull.ref.number}.` },
    })
    if (proposed.kind === 'open') actions.push(proposed.action)
    lines.push(
      proposed.kind === 'open'
        ? `${where}: ${bad.revision.slice(0, 7)} back to ${proposed.good.revision.slice(0, 7)}${proposed.action.proposal.isDraft ? ', as a draft that says what to decide' : ''}`
        : `${where}: ${proposed.reason}`,
    )
  }
  if (actions.length === 0)
    return failed(ports, context, nothingOpened(command, lines), 'name what is meant: /revert checkout prod')
  return done(
    ports,
    context,
    `${actions.length} revert ${actions.length === 1 ? 'pull request is' : 'pull requests are'} open`,
    actions,
    lines,
  )
}

async function releaseMeant(
  ports: Ports,
  { pull }: CommandContext,
  { release }: Extract<Command, { verb: 'revert' }>,
  { application, environment }: CommandPlace,
): Promise<Attestation | undefined> {
  const states = await trustedHistory(ports, pull.ref.repository, environment, historyDepth)
  const own = states
    .flatMap(({ attestations }) => attestations)
    .filter(({ target }) => target.application === application)
  if (release !== undefined) return own.find(({ revision }) => revision.startsWith(release))
  return own.find((attestation) => attestation.pull?.number === pull.ref.number) ?? own[0]
}

function nothingOpened(
  { release, environment }: Extract<Command, { verb: 'revert' }>,
  lines: readonly string[],
): string {
  if (lines.length > 0) return lines.join('; ')
  const what = release === undefined ? 'nothing of this pull request runs' : `${release} was released nowhere`
  return environment === undefined ? what : `${what} in ${environment}`
}
