import { createHash } from 'node:crypto'
import { type Action, actionKey } from '../../domain/action.ts'
import type { RepositoryRef, Sha } from '../../domain/refs.ts'
import type { Stop } from '../../features/release/stop-environment.ts'
import { perform } from '../perform/perform.ts'
import type { Ports } from '../ports.ts'
import { sayOnce } from '../perform/say-once.ts'

const checkName = 'drawbridge/environments'

/**
 * Environments that stand still are said at the tip of the base branch, as a check; each once more in an issue, or, where we
 * may open none, on the newest open pull request. When they go on again the check says so.
 */
export async function reportStops(
  ports: Ports,
  repository: RepositoryRef,
  tip: Sha,
  stops: readonly Stop[],
): Promise<number> {
  const check = stopCheck(ports, repository, tip, stops)
  const earlier = await ports.store.effects.find(actionKey(check))
  if (stops.length === 0 && earlier.state === 'none') return 0
  for (const { environment, code, reason } of stops)
    ports.log.error({ environment, code, reason }, 'environment stands still: what runs goes on')
  const published = await ports.github.checks(repository, tip)
  const isShown = published.some(({ fingerprint }) => fingerprint === check.check.fingerprint)
  let actions = isShown ? 0 : await perform(ports, [check])
  for (const stop of stops) actions += await tell(ports, repository, stop)
  return actions
}

function stopCheck(
  ports: Ports,
  repository: RepositoryRef,
  sha: Sha,
  stops: readonly Stop[],
): Extract<Action, { kind: 'publish-check' }> {
  const names = stops.map(({ environment }) => environment)
  const isStopped = stops.length > 0
  return {
    kind: 'publish-check',
    repository,
    check: {
      name: checkName,
      sha,
      status: 'completed',
      conclusion: isStopped ? 'failure' : 'success',
      title: isStopped ? `Stands still: ${names.join(', ')}` : 'Every environment goes on',
      summary: ports.words.write('check/stopped', { stops }),
      annotations: [],
      detailsUrl: ports.self.url,
      fingerprint: createHash('sha256').update(JSON.stringify(stops)).digest('hex').slice(0, 32),
    },
  }
}

async function tell(ports: Ports, repository: RepositoryRef, stop: Stop): Promise<number> {
  const marker = `stopped-${stop.environment}-${stop.code.toLowerCase()}-${stop.evidence.slice(0, 12)}`
  const issue: Action = {
    kind: 'open-issue',
    repository,
    marker,
    title: `Drawbridge releases nothing to ${stop.environment}: ${stop.code}`,
    body: ports.words.write('notice/stopped', stop),
  }
  const earlier = await ports.store.effects.find(actionKey(issue))
  const actions = earlier.state === 'settled' ? 0 : await perform(ports, [issue])
  const opened = await ports.store.effects.find(actionKey(issue))
  if (opened.state === 'settled' && opened.outcome['id'] !== undefined) return actions
  // The first pull request that it can be said on hears it, not every one that is opened later.
  if (earlier.state === 'settled') return actions
  const [newest] = (await ports.github.openPulls(repository)).toSorted(
    (one, other) => other.ref.number - one.ref.number,
  )
  if (!newest) return actions
  return actions + (await sayOnce(ports, newest.ref, marker, 'notice/stopped', stop))
}
