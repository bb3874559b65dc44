import { type Action, actionKey } from '../../domain/action.ts'
import type { Pull } from '../../domain/pull.ts'
import type { PromotionProposal } from '../../domain/proposal.ts'
import { perform } from '../perform/perform.ts'
import type { Ports } from '../ports.ts'
import { readProposal } from '../repository/read-proposal.ts'
import type { Promoting } from './promote-releases.ts'
import { promotionFolder } from './propose-promotion.ts'
import { settlePromotion } from './settle-promotion.ts'

/** An open pull request from a branch of promotions. */
export interface OpenPromotion {
  pull: Pull
  /** What its head proposes; undefined: it is not ours, or not signed by us, as where one more commit by anybody made it theirs. */
  proposal?: PromotionProposal
}

/** Every promotion that is open. GitHub is not asked where there is no branch of one. */
export async function openPromotions(
  ports: Ports,
  { repository, tip }: Pick<Promoting, 'repository' | 'tip'>,
): Promise<OpenPromotion[]> {
  if ((await tip.git.branches(promotionFolder)).length === 0) return []
  const pulls = (await ports.github.openPulls(repository)).filter(
    ({ isFork, headBranch }) => !isFork && headBranch.startsWith(`${promotionFolder}/`),
  )
  return Promise.all(
    pulls.map(async (pull) => {
      const head = await tip.git.resolve(`refs/heads/${pull.headBranch}`)
      const isOurs = head === pull.headSha && pull.author.id === ports.self.actor.id
      const proposal = isOurs ? await readProposal(ports, pull) : undefined
      return { pull, ...(proposal?.kind === 'promotion' && { proposal }) }
    }),
  )
}

/**
 * Closes promotions that would change nothing any more: what they carry is there by another way, or the way itself is gone.
 * `isCarried`: what is known to have something to carry is not settled again.
 */
export async function closeStalePromotions(
  ports: Ports,
  promoting: Promoting,
  isCarried: (application: string, to: string) => boolean,
): Promise<number> {
  let actions = 0
  for (const { pull, proposal } of promoting.open) {
    if (!proposal || proposal.applications.some((name) => isCarried(name, proposal.to))) continue
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
