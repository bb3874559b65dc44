import type { Pull, PublishedCheck } from '../../domain/pull.ts'
import { pullKey, type RepositoryRef, type Sha } from '../../domain/refs.ts'
import { aggregateName, type Unjudged, unjudgedCheck } from '../../features/review/unjudged-check.ts'
import { unpublished } from '../../features/review/verdict-checks.ts'
import { dashboardPage } from './gather-review-facts.ts'
import { perform } from '../perform/perform.ts'
import type { Ports } from '../ports.ts'
import { dropStanding } from './turn-windows.ts'

/**
 * The first sight of a head: its check is in progress before anything is rendered, so that a merge that was asked for ahead
 * of time waits for it. A look at an earlier head that nobody ended is ended. Answers how many writes were made.
 */
export async function beginLook(ports: Ports, pull: Pull): Promise<number> {
  const key = `look/${pullKey(pull.ref)}`
  const earlier = await ports.store.cache.get(key)
  const lastSeen = earlier && Buffer.from(earlier).toString('utf8')
  if (lastSeen === pull.headSha) return showBegun(ports, pull)
  const ended =
    lastSeen === undefined
      ? 0
      : await endLook(ports, { ...pull, headSha: lastSeen }, { kind: 'overtaken', by: pull.headSha })
  await ports.store.cache.put(key, Buffer.from(pull.headSha), ports.clock.now())
  return ended + (await showBegun(ports, pull))
}

async function showBegun(ports: Ports, pull: Pull): Promise<number> {
  const check = await aggregateOf(ports, pull.ref.repository, pull.headSha)
  return check ? 0 : publishUnjudged(ports, pull, { kind: 'begun' })
}

/** Concludes a look that is still in progress; what was concluded stays as it is. */
export async function endLook(ports: Ports, pull: Pull, unjudged: Unjudged): Promise<number> {
  const check = await aggregateOf(ports, pull.ref.repository, pull.headSha)
  return check?.status === 'in_progress' ? publishUnjudged(ports, pull, unjudged) : 0
}

/** Says on the head's aggregate check why there is no verdict. */
export async function publishUnjudged(ports: Ports, pull: Pull, unjudged: Unjudged): Promise<number> {
  await dropStanding(ports, pull.ref)
  const { repository } = pull.ref
  return publishUnjudgedCommit(ports, repository, pull.headSha, unjudged, dashboardPage(ports, pull))
}

/** The same on every check that says something of this head: what the gates said last was true of a change that merged. */
export async function withdrawVerdicts(ports: Ports, pull: Pull, unjudged: Unjudged): Promise<number> {
  await dropStanding(ports, pull.ref)
  const { repository } = pull.ref
  const published = await ports.github.checks(repository, pull.headSha)
  const names = published.map(({ name }) => name).filter((name) => name !== aggregateName)
  const checks = [aggregateName, ...names].map((name) =>
    unjudgedCheck(
      (template, view) => ports.words.write(template, view),
      pull.headSha,
      unjudged,
      dashboardPage(ports, pull),
      name,
    ),
  )
  return perform(
    ports,
    unpublished(checks, published).map((check) => ({ kind: 'publish-check', repository, check })),
  )
}

export async function publishUnjudgedCommit(
  ports: Ports,
  repository: RepositoryRef,
  sha: Sha,
  unjudged: Unjudged,
  detailsUrl?: string,
): Promise<number> {
  const check = unjudgedCheck((name, view) => ports.words.write(name, view), sha, unjudged, detailsUrl)
  const published = await aggregateOf(ports, repository, sha)
  if (published?.fingerprint === check.fingerprint) return 0
  return perform(ports, [{ kind: 'publish-check', repository, check }])
}

export async function aggregateOf(
  ports: Ports,
  repository: RepositoryRef,
  sha: Sha,
): Promise<PublishedCheck | undefined> {
  const checks = await ports.github.checks(repository, sha)
  return checks.find(({ name }) => name === aggregateName)
}
