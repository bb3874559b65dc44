import type { ApiResource } from '../../ports/cluster.ts'
import { discoverGroup, discoverResources } from './discover-resources.ts'
import type { HttpClient } from './http-client.ts'

/** What an API server serves, as it was asked last. */
export interface ServedResources {
  all(options?: { refresh?: boolean }): Promise<ApiResource[]>
  /** In the version that is wanted, else in the one that the server prefers. Asks anew for what is not there. */
  find(wanted: { group: string; kind: string; version?: string }): Promise<ApiResource | undefined>
  /** Asks for one group again, and for nothing else: with hundreds of definitions everything takes a megabyte. */
  refresh(group: string): Promise<void>
}

export function createServedResources(http: HttpClient): ServedResources {
  let known: Promise<ApiResource[]> | undefined
  const refreshing = new Map<string, Promise<void>>()

  const keep = (found: Promise<ApiResource[]>) => {
    const kept = found.catch((error: unknown) => {
      if (known === kept) known = undefined
      throw error
    })
    known = kept
    return kept
  }
  const all: ServedResources['all'] = ({ refresh = false } = {}) =>
    refresh || known === undefined ? keep(discoverResources(http)) : known
  const refresh = (group: string) => {
    const asked = refreshing.get(group) ?? askAgain(group).finally(() => refreshing.delete(group))
    refreshing.set(group, asked)
    return asked
  }
  const askAgain = async (group: string) => {
    const [before, own] = await Promise.all([all(), discoverGroup(http, group)])
    const latest = (await known) ?? before
    known = Promise.resolve([...latest.filter((one) => one.group !== group), ...own])
  }
  return {
    all,
    refresh,
    async find(wanted) {
      const found = findResource(await all(), wanted)
      if (found !== undefined) return found
      await refresh(wanted.group)
      return findResource(await all(), wanted)
    },
  }
}

// The same discovery always says the same, so remembering it changes no answer.
const indexes = new WeakMap<readonly ApiResource[], Map<string, ApiResource[]>>()

/** In the version that is wanted where it is served so, else in the one that the server prefers. */
function findResource(
  served: readonly ApiResource[],
  wanted: { group: string; kind: string; version?: string },
): ApiResource | undefined {
  const index = indexes.get(served) ?? Map.groupBy(served, ({ group, kind }) => `${group}/${kind}`)
  indexes.set(served, index)
  const candidates = index.get(`${wanted.group}/${wanted.kind}`) ?? []
  return candidates.find(({ version }) => version === wanted.version) ?? candidates[0]
}
