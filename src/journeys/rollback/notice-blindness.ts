import type { Instant } from '../../domain/refs.ts'
import { rollbackLimits } from '../../features/rollback/guards.ts'
import type { Judgement } from '../../features/slo/judge-release.ts'
import type { Watch } from '../slo/judge-watch.ts'
import type { Ports } from '../ports.ts'
import { sayOnce } from '../perform/say-once.ts'

/** Metrics that are away for a moment are nobody's business. */
const patienceMs = 5 * 60_000

interface BlindWatch {
  watch: Pick<Watch, 'repository' | 'slo' | 'bad' | 'appliedAt'>
  judgement: Pick<Judgement, 'state' | 'reason'>
}

/** Says once for each release, on its pull request, that its SLOs cannot be judged. Nothing is reverted meanwhile. */
export async function noticeBlindness(
  ports: Ports,
  { watch, judgement }: BlindWatch,
  now: Instant,
): Promise<number> {
  const { repository, slo, bad, appliedAt } = watch
  if (!bad.pull || now - appliedAt > rollbackLimits.watchMs) return 0
  const key = `slo-blind/${repository.id}/${slo.environment}/${slo.name}/${bad.revision}`
  const remembered = new TextDecoder().decode(await ports.store.cache.get(key))
  if (judgement.state !== 'blind') {
    if (remembered !== '') await ports.store.cache.put(key, new Uint8Array(), now)
    return 0
  }
  if (remembered === '') {
    await ports.store.cache.put(key, new TextEncoder().encode(String(now)), now)
    return 0
  }
  if (now - Number(remembered) < patienceMs) return 0
  const pull = { repository, number: bad.pull.number }
  const marker = `slo-blind-${slo.environment}-${bad.revision.slice(0, 12)}`
  return sayOnce(ports, pull, marker, 'notice/slo-blind', {
    application: slo.application,
    environment: slo.environment,
    slo: slo.name,
    reason: judgement.reason,
  })
}
