import { targetKey } from '../../domain/refs.ts'
import { statusView } from '../../features/commands/status-view.ts'
import type { StatusView } from '../../features/review/review-view.ts'
import type { CommandAnswer, CommandContext } from './command-answer.ts'
import { dashboardPage } from '../review/gather-review-facts.ts'
import type { Ports } from '../ports.ts'

/** Where what this pull request changes runs now, and what is in its way: in the answer itself. */
export async function obeyStatus(
  ports: Ports,
  { pull, tip, places }: CommandContext,
): Promise<CommandAnswer> {
  const { repository } = pull.ref
  const { configuration } = tip
  const states = await Promise.all(
    configuration.environments.map(({ name }) => ports.ledger.read(repository, name)),
  )
  const releases = await ports.store.releases.list(repository)
  const view: StatusView = {
    ...statusView(
      {
        configuration,
        places,
        states: new Map(
          states.flatMap((state) =>
            state?.trust === 'trusted' ? [[state.environment, state] as const] : [],
          ),
        ),
        releases: new Map(releases.map(({ release }) => [targetKey(release.target), release])),
      },
      ports.clock.now(),
    ),
    url: dashboardPage(ports, pull),
  }
  return { outcome: 'told', body: ports.words.write('notice/status', view), actions: [] }
}
