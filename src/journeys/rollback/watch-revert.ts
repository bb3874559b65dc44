import type { Attestation } from '../../domain/release.ts'
import { targetKey } from '../../domain/refs.ts'
import { judgeRevert, type RevertOutcome, settleMs } from '../../features/rollback/judge-revert.ts'
import { rollbackLimits } from '../../features/rollback/guards.ts'
import { errorBudget } from '../../features/slo/error-budget.ts'
import { createSloMeter } from '../slo/create-slo-meter.ts'
import type { Watch } from '../slo/judge-watch.ts'
import type { Ports } from '../ports.ts'
import { sayOnce } from '../perform/say-once.ts'
import { trustedHistory } from '../repository/trusted-history.ts'

/** How far back the release that was taken back is looked for. */
const historyDepth = 50

/**
 * A revert runs: whether it helped is said on its pull request and on the one that it took back. Where it did not, the
 * question who is to blame is open again, and nothing more is done by rule.
 */
export async function watchRevert(ports: Ports, watch: Watch, now: number): Promise<number> {
  const { repository, slo, bad: revert } = watch
  const outcome = await judge(ports, watch, now)
  if (outcome.state === 'wait' || !revert.pull) return 0
  const taken = await releaseBefore(ports, watch)
  const view = {
    application: slo.application,
    environment: slo.environment,
    slo: slo.name,
    reason: outcome.reason,
    isHelp: outcome.state === 'helped',
    suspects: outcome.state === 'helped' ? [] : otherReleases(watch),
  }
  const marker = `revert-${slo.name}-${revert.revision.slice(0, 12)}`
  const numbers = new Set([revert.pull.number, ...(taken?.pull ? [taken.pull.number] : [])])
  let actions = 0
  for (const number of numbers)
    actions += await sayOnce(ports, { repository, number }, marker, 'notice/revert-outcome', view)
  return actions
}

async function judge(
  ports: Ports,
  { repository, slo, state, bad }: Watch,
  now: number,
): Promise<RevertOutcome> {
  const own = state.attestations.filter(
    ({ target, revision }) => target.application === slo.application && revision === bad.revision,
  )
  const releases = await Promise.all(own.map(({ target }) => ports.store.releases.get(repository, target)))
  const times = releases.map((release) =>
    release?.revision === bad.revision && release.phase === 'healthy' ? release.healthyAt : undefined,
  )
  const healthy = times.flatMap((time) => time ?? [])
  const healthyAt = healthy.length === own.length ? Math.max(...healthy) : undefined
  const from = (healthyAt ?? now) + settleMs
  const since =
    from < now ? await createSloMeter(ports.metrics).count(slo, (now - from) / 1000, now) : undefined
  return judgeRevert({ budget: errorBudget(slo), since, healthyAt }, now)
}

/** What the revert took back: what its target held right before. */
async function releaseBefore(
  ports: Ports,
  { repository, slo, bad }: Watch,
): Promise<Attestation | undefined> {
  const states = await trustedHistory(ports, repository, slo.environment, historyDepth)
  return states
    .flatMap(({ attestations }) => attestations)
    .find(
      ({ target, revision, digest }) =>
        targetKey(target) === targetKey(bad.target) && revision !== bad.revision && digest !== bad.digest,
    )
}

/** What else reached the environment shortly before: one of them may be the cause. */
function otherReleases({ state, slo, appliedAt }: Watch): string[] {
  const others = state.attestations.filter(
    ({ target, at }) =>
      target.application !== slo.application &&
      at >= appliedAt - 2 * rollbackLimits.watchMs &&
      at <= appliedAt,
  )
  const byRevision = new Map(others.map((other) => [`${other.target.application} ${other.revision}`, other]))
  return [...byRevision.values()]
    .toSorted((left, right) => right.at - left.at)
    .map(({ target, revision, pull }) =>
      pull
        ? `${target.application}: #${pull.number} “${pull.title}” by ${pull.author.login}`
        : `${target.application}: ${revision.slice(0, 7)}`,
    )
}
