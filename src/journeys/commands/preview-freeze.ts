import type { Pull } from '../../domain/pull.ts'
import { freezePreview } from '../../features/commands/freeze-preview.ts'
import type { ReviewPage } from '../../features/review/review-page.ts'
import { type CommandAnswer, type CommandContext, done } from './command-answer.ts'
import { readProposal } from '../repository/read-proposal.ts'
import type { Ports } from '../ports.ts'
import { reviewPageKey } from '../review/review-page-key.ts'

/** `/freeze … --dry-run`: says what would be stopped, and stops nothing. */
export async function previewFreeze(ports: Ports, context: CommandContext): Promise<CommandAnswer> {
  const { pull, tip, places } = context
  const { repository } = pull.ref
  const names = new Set(places.map(({ environment }) => environment))
  const states = await Promise.all([...names].map((name) => ports.ledger.read(repository, name)))
  const lines = freezePreview({
    places,
    pulls: await Promise.all((await ports.github.openPulls(repository)).map((each) => lastLook(ports, each))),
    environments: tip.configuration.environments,
    rollouts: states.flatMap((state) =>
      (state?.rollouts ?? []).map((rollout) => ({ ...rollout, environment: state?.environment ?? '' })),
    ),
  })
  const summary =
    lines.length > 0
      ? 'this is what the freeze would stop; nothing is frozen'
      : 'the freeze would stop nothing now; nothing is frozen'
  return done(ports, context, summary, [], lines)
}

async function lastLook(ports: Ports, pull: Pull) {
  const kept = await ports.store.cache.get(reviewPageKey(pull.ref))
  const page = kept && (JSON.parse(Buffer.from(kept).toString('utf8')) as ReviewPage)
  const proposal = pull.author.id === ports.self.actor.id ? await readProposal(ports, pull) : undefined
  return {
    number: pull.ref.number,
    title: pull.title,
    changes: page?.head === pull.headSha ? page.groups : undefined,
    isRevert: proposal?.kind === 'revert',
  }
}
