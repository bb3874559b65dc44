import { type Action, actionKey } from '../domain/action.ts'
import type { Pull } from '../domain/pull.ts'
import type { PromotionProposal } from '../domain/proposal.ts'
import { parseProposal } from '../features/promotion/proposal-trailers.ts'
import { perform } from './perform.ts'
import type { Ports } from './ports.ts'
import type { Promoting } from './promote-releases.ts'
import { settlePromotion } from './settle-promotion.ts'

/** Every promotion of ours that is open, with what its head proposes. One more commit by anybody makes it theirs. */
export async function openPromotions(
  ports: Ports,
  { repository, tip }: Promoting,
): Promise<{ pull: Pull; proposal: PromotionProposal }[]> {
  const pulls = (await ports.github.openPulls(repository)).filter(
    ({ author, headBranch }) =>
      author.id === ports.self.actor.id && headBranch.startsWith('drawbridge/promote/'),
  )
  const found = await Promise.all(
    pulls.map(async (pull) => {
      const head = await tip.git.resolve(`refs/heads/${pull.headBranch}`)
      const proposal = head === pull.headSha ? parseProposal((await tip.git.commit(head)).message) : undefined
      return proposal?.kind === 'promotion' ? [{ pull, proposal }] : []
    }),
  )
  return found.flat()
}

/** Closes promotions that would change nothing any more: what they carry is there by another way, or the way itself is gone. */
export async function closeStalePromotions(ports: Ports, promoting: Promoting): Promise<number> {
  let actions = 0
  for (const { pull, proposal } of await openPromotions(ports, promoting)) {
    const why = await whyStale(ports, promoting, pull, proposal)
    if (why) actions += await perform(ports, [closing(ports, pull, why)])
  }
  return actions
}

interface Stale {
  reason: string
  /** The pull request by which it is there. */
  by?: number
}

async function whyStale(
  ports: Ports,
  promoting: Promoting,
  pull: Pull,
  { applications, to }: PromotionProposal,
): Promise<Stale | undefined> {
  const environment = promoting.tip.configuration.environments.find(({ name }) => name === to)
  if (!environment) return { reason: `there is no environment ${to} any more` }
  if (!environment.promotion) return { reason: `nothing is promoted to ${to} any more` }
  for (const application of applications) {
    const settled = await settlePromotion(ports, { ...promoting, application, to, isAsked: true })
    if (settled.kind !== 'nothing') return undefined
  }
  const by = await whoBrought(ports, promoting, pull)
  return { reason: `${to} has what it would carry`, ...(by !== undefined && { by }) }
}

/** As many commits as are looked at for the one that brought the same. */
const logLimit = 200

/** The pull request that changed the promotion's files last, since the promotion was proposed. */
async function whoBrought(
  ports: Ports,
  { repository, tip }: Promoting,
  pull: Pull,
): Promise<number | undefined> {
  const [base] = (await tip.git.commit(pull.headSha)).parents
  if (!base) return undefined
  const paths = new Set((await tip.git.changedPaths(base, pull.headSha)).map(({ path }) => path))
  for (const { sha, parents } of (await tip.git.firstParentLog(base, tip.sha, logLimit)).toReversed()) {
    const changed = parents[0] ? await tip.git.changedPaths(parents[0], sha) : []
    if (changed.some(({ path }) => paths.has(path)))
      return (await ports.github.pullMergedAs(repository, sha))?.ref.number
  }
  return undefined
}

function closing(ports: Ports, pull: Pull, stale: Stale): Action {
  return { kind: 'close-pull', pull: pull.ref, comment: ports.words.write('notice/stale', stale) }
}

/** Whether we closed it ourselves: only a person's closing refuses a promotion. */
export async function isClosedByUs(ports: Ports, pull: Pull): Promise<boolean> {
  const { state } = await ports.store.effects.find(
    actionKey({ kind: 'close-pull', pull: pull.ref, comment: '' }),
  )
  return state !== 'none'
}
