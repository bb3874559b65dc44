import { ownedFields } from '../features/drift/fingerprint.ts'
import { fieldManager, ownerLabel } from '../features/sync/ownership.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { Clock } from '../ports/clock.ts'
import type { WatchedKinds } from '../ports/cluster-view.ts'
import type { Cluster } from '../ports/cluster.ts'

type Kind = WatchedKinds[number]

export interface OwnedKinds {
  /** Something of each was applied by us. */
  owned: Kind[]
  /** Their server did not answer, so that nothing is known of them. */
  silent: Kind[]
}

/** Kinds that did not answer are asked again after so long. */
const askAgainMs = 60_000

/**
 * Which kinds hold something that we applied, of all that the server keeps: for where no record names them any more. Asked
 * once, one list for each kind, and of kinds that did not answer again after a minute.
 */
export function createKindFinder(
  cluster: Pick<Cluster, 'resources' | 'list'>,
  clock: Pick<Clock, 'now'>,
): () => Promise<OwnedKinds> {
  let known: Promise<OwnedKinds> | undefined
  let dueAt = Number.POSITIVE_INFINITY
  const ask = async (): Promise<OwnedKinds> => {
    const found = await findOwnedKinds(cluster)
    if (found.silent.length > 0) dueAt = clock.now() + askAgainMs
    return found
  }
  return () => {
    if (known !== undefined && clock.now() < dueAt) return known
    dueAt = Number.POSITIVE_INFINITY
    const asked = (known = ask())
    asked.catch(() => {
      if (known === asked) known = undefined
    })
    return asked
  }
}

async function findOwnedKinds(cluster: Pick<Cluster, 'resources' | 'list'>): Promise<OwnedKinds> {
  const served = await cluster.resources({ refresh: true })
  const kept = served.filter(({ isFleeting }) => !isFleeting)
  const kinds = new Map(kept.map(({ group, kind }) => [`${group}/${kind}`, { group, kind }]))
  const found: OwnedKinds = { owned: [], silent: [] }
  await Promise.all(
    [...kinds.values()].map(async (kind) => {
      const answer = await holdsOurs(cluster, kind)
      if (answer !== 'no') found[answer].push(kind)
    }),
  )
  return found
}

/** Labels alone prove nothing: those of a Service are copied to its Endpoints. What cannot or may not be listed holds nothing. */
async function holdsOurs(cluster: Pick<Cluster, 'list'>, kind: Kind): Promise<keyof OwnedKinds | 'no'> {
  try {
    const { objects } = await cluster.list(kind, { [ownerLabel]: true })
    return objects.some((object) => ownedFields(object, fieldManager) !== undefined) ? 'owned' : 'no'
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error
    return error.retryable ? 'silent' : 'no'
  }
}
