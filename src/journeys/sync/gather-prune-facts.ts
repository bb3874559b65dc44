import { type KubernetesObject, objectId, objectKey } from '../../domain/kubernetes-object.ts'
import type { Target } from '../../domain/refs.ts'
import type { PruneFacts } from '../../features/sync/plan-prune.ts'
import type { SyncFacts } from '../../features/sync/plan-sync.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { Cluster } from '../../ports/cluster.ts'
import type { Ledger, LedgerState } from '../../ports/ledger.ts'

type Found = Pick<PruneFacts, 'unserved' | 'wantedElsewhere' | 'isFirstSight'>

/** What else has to be known before anything is deleted; asked only where the release no longer has something. */
export async function gatherPruneFacts(
  ledger: Ledger,
  cluster: Cluster,
  state: LedgerState,
  target: Target,
  facts: Pick<SyncFacts, 'desired' | 'inventory' | 'live'>,
): Promise<Found> {
  const desired = new Set(facts.desired.map((object) => objectKey(objectId(object))))
  const stale = [...facts.inventory.entries].filter(([key]) => !desired.has(key))
  if (stale.length === 0) return {}
  const unseen = stale.filter(([key]) => !facts.live.has(key)).map(([, { id }]) => id)
  return {
    unserved: await unservedKinds(cluster, unseen),
    wantedElsewhere: await wantedElsewhere(
      ledger,
      state,
      target,
      stale.map(([key]) => key),
    ),
    isFirstSight: facts.inventory.cluster !== (await cluster.identity()),
  }
}

/** Kinds whose objects cannot be seen now. One is gone, with all its objects, only where nothing defines it any more. */
async function unservedKinds(
  cluster: Cluster,
  ids: readonly { group: string; kind: string }[],
): Promise<Set<string>> {
  const missing = async (refresh: boolean) => {
    const served = new Set((await cluster.resources({ refresh })).map(nameOf))
    return ids.filter((id) => !served.has(nameOf(id)))
  }
  if ((await missing(false)).length === 0) return new Set()
  const unserved = await missing(true)
  const defined = unserved.length === 0 ? undefined : await readDefinitions(cluster)
  return new Set(unserved.filter((id) => defined === undefined || isDefined(defined, id)).map(nameOf))
}

/** Of a CustomResourceDefinition, or of an APIService. */
interface Definition {
  group?: string
  names?: { kind?: string }
  service?: unknown
}

interface Definitions {
  /** `group/kind` */
  kinds: ReadonlySet<string>
  /** Groups that another server answers for. */
  groups: ReadonlySet<string>
}

function isDefined({ kinds, groups }: Definitions, id: { group: string; kind: string }): boolean {
  return kinds.has(nameOf(id)) || groups.has(id.group)
}

/** Undefined: they cannot be read, so that nothing counts as gone. */
async function readDefinitions(cluster: Cluster): Promise<Definitions | undefined> {
  try {
    const definitions = await cluster.list(
      { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
      {},
    )
    const services = await cluster.list({ group: 'apiregistration.k8s.io', kind: 'APIService' }, {})
    const specs = (objects: KubernetesObject[]) => objects.map(({ spec }) => (spec ?? {}) as Definition)
    return {
      kinds: new Set(specs(definitions.objects).map(({ group, names }) => `${group}/${names?.kind}`)),
      groups: new Set(
        specs(services.objects).flatMap(({ group, service }) => (service && group ? [group] : [])),
      ),
    }
  } catch (error) {
    if (error instanceof AdapterError) return undefined
    throw error
  }
}

function nameOf({ group, kind }: { group: string; kind: string }): string {
  return `${group}/${kind}`
}

/** Which of the keys another application on the same cluster wants, by key. */
async function wantedElsewhere(
  ledger: Ledger,
  state: LedgerState,
  target: Target,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const wanted = await wantedOn(ledger, state, target.cluster)
  return new Map(
    keys.flatMap((key) => {
      const other = wanted.get(key)?.find((application) => application !== target.application)
      return other === undefined ? [] : [[key, other] as const]
    }),
  )
}

type Wanted = ReadonlyMap<string, string[]>

// A commit of the rendered ref always wants the same, so remembering it changes no answer.
const wantedByCluster = new WeakMap<LedgerState['attestations'], Map<string, Promise<Wanted>>>()

/** Which applications want an object of a cluster, by its key: made once for all targets that prune at the same commit. */
function wantedOn(ledger: Ledger, state: LedgerState, cluster: string): Promise<Wanted> {
  const known = wantedByCluster.get(state.attestations) ?? new Map<string, Promise<Wanted>>()
  wantedByCluster.set(state.attestations, known)
  const gathering = known.get(cluster) ?? gatherWanted(ledger, state, cluster)
  known.set(cluster, gathering)
  gathering.catch(() => known.delete(cluster))
  return gathering
}

async function gatherWanted(ledger: Ledger, state: LedgerState, cluster: string): Promise<Wanted> {
  const wanted = new Map<string, string[]>()
  for (const { target } of state.attestations.filter((one) => one.target.cluster === cluster))
    for (const object of await ledger.objects(state, target)) {
      const key = objectKey(objectId(object))
      wanted.set(key, [...(wanted.get(key) ?? []), target.application])
    }
  return wanted
}
