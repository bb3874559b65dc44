import { type KubernetesObject, objectId, type ObjectId, objectKey } from '../../domain/kubernetes-object.ts'
import type { LiveObject } from '../../domain/live-object.ts'
import type { RepositoryRef, Target } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import { findAttestation } from '../../features/attestation/find-attestation.ts'
import { type Inventory, inventoryObjects, parseInventory } from '../../features/sync/inventory.ts'
import {
  applicationLabel,
  fieldManager,
  labelValue,
  ownerLabel,
  ownershipLabels,
} from '../../features/sync/ownership.ts'
import { rulesOfTarget, type TargetRules } from '../../features/sync/target-rules.ts'
import { yieldFields } from '../../features/drift/yield-fields.ts'
import type { SyncFacts } from '../../features/sync/plan-sync.ts'
import { prepareObjects } from '../../features/sync/prepare-objects.ts'
import { withFinishedJobs } from './note-objects.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { ClusterView } from '../../ports/cluster-view.ts'
import type { Ledger, LedgerState } from '../../ports/ledger.ts'

/** What may run on the target, or why nothing may. */
export type Desired =
  { kind: 'attested'; state: LedgerState; attestation: Attestation } | { kind: 'refused'; reason: string }

/** The newest signed word on a target; anything unsigned, badly signed or not attested is refused. */
export async function readDesired(
  ledger: Ledger,
  repository: RepositoryRef,
  target: Target,
): Promise<Desired> {
  const state = await ledger.read(repository, target.environment)
  if (state === undefined)
    return { kind: 'refused', reason: `nothing is attested for ${target.environment} yet` }
  const where = `commit ${state.commit.slice(0, 7)} of the rendered branch of ${target.environment}`
  if (state.trust === 'unsigned') return { kind: 'refused', reason: `${where} carries no signature` }
  if (state.trust === 'bad-signature')
    return { kind: 'refused', reason: `the signature of ${where} is not by a key that is trusted here` }
  if (state.trust === 'rewritten')
    return {
      kind: 'refused',
      reason: `HISTORY_REWRITTEN: ${where} is older than ${state.newest?.slice(0, 12)}, which was there before; put that one back`,
    }
  const attestation = findAttestation(state.attestations, target)
  if (attestation === undefined)
    return {
      kind: 'refused',
      reason: `${where} attests nothing for ${target.application} on ${target.cluster}`,
    }
  return { kind: 'attested', state, attestation }
}

export interface ReconcileFacts extends SyncFacts {
  attestation: Attestation
  /** Of the commit that attests it. */
  sequence: number
  clockOffset: number
  /** As it is stored, the first part first; empty: there is none yet. */
  storedInventory: readonly KubernetesObject[]
  rules: TargetRules
  /** Of the objects that are desired, by key: JSON pointers of fields that are left to others. */
  yielded: ReadonlyMap<string, string[]>
  /** The inventory belongs to another repository. */
  foreignOwner?: string
}

/** Everything that is live of a target, beside what should be. An unchanged target costs no request. */
export async function gatherReconcileFacts(
  ports: { ledger: Ledger },
  view: ClusterView,
  repository: RepositoryRef,
  target: Target,
  desired: Desired & { kind: 'attested' },
  released: readonly KubernetesObject[],
): Promise<Omit<ReconcileFacts, 'clockOffset'>> {
  const { state, attestation } = desired
  const labels = ownershipLabels(repository, target)
  const objects = prepareObjects(released, labels)
  const kinds = new Map(objects.map(objectId).map((id) => [`${id.group}/${id.kind}`, id]))
  await view.follow([...kinds.values()])
  const storedInventory = inventoryObjects(target, (id) => view.inventory(id))
  const stored = parseInventory(storedInventory)
  const hooks = Object.values(stored?.run?.hooks ?? {})
  await view.follow([...(stored?.entries.values() ?? []), ...hooks].map(({ id }) => id))
  const known = stored ?? (await rebuildInventory(view, target, labels))
  const inventory = withFinishedJobs(known, view)
  const recorded = [...inventory.entries.values(), ...hooks].map(({ id }) => id)
  const live = liveOf(view, [...objects.map(objectId), ...recorded])
  const rules = rulesOfTarget(state.settings, target)
  const given = objects.map((object) => {
    const key = objectKey(objectId(object))
    const before = inventory.entries.get(key)?.yielded ?? []
    return { key, ...yieldFields(object, rules.ignore, live.get(key), before, fieldManager) }
  })
  const foreignOwner = storedInventory[0]?.metadata.labels?.[ownerLabel]
  return {
    attestation,
    sequence: state.sequence,
    rules,
    yielded: new Map(given.flatMap(({ key, yielded }) => (yielded.length > 0 ? [[key, yielded]] : []))),
    desired: given.map(({ object }) => object),
    digest: attestation.digest,
    isDeletionConsented: attestation.deletionsBy !== undefined,
    isBaseline: attestation.kind === 'baseline',
    isInventoryNew: stored === undefined,
    labels,
    live,
    inventory,
    isToBeRecorded: inventory !== known,
    storedInventory,
    claimedElsewhere: await claimedElsewhere(ports.ledger, state, target, live, labels),
    ...(foreignOwner === undefined || foreignOwner === labels[ownerLabel] ? {} : { foreignOwner }),
  }
}

function liveOf(view: ClusterView, ids: readonly ObjectId[]): Map<string, LiveObject> {
  const keys = new Set(ids.map(objectKey))
  const found = [...keys].map((key) => [key, view.get(key)] as const)
  return new Map(found.filter((one): one is [string, LiveObject] => one[1] !== undefined))
}

/**
 * After a loss: what carries our labels, and was applied by us, is taken down as ours, but with no word on what was applied.
 * Nothing is believed of a part: what a kind that does not answer holds would be nobody's from then on.
 */
async function rebuildInventory(
  view: ClusterView,
  target: Target,
  labels: Record<string, string>,
): Promise<Inventory> {
  const silent = await view.followOwned()
  const owned = view.owned(labels).filter(({ fields }) => fields !== '')
  if (owned.length > 0 && silent.length > 0)
    throw new AdapterError({
      system: 'kubernetes',
      operation: 'find what was applied',
      target: target.cluster,
      retryable: true,
      message: `the record is lost, and the API server does not list ${silent.map(({ kind }) => kind).join(', ')}`,
    })
  const entries = owned.map((object) => {
    const id = objectId(object)
    const entry = { id, uid: object.metadata.uid ?? '', applied: '', fields: '', meta: '', at: 0 }
    return [objectKey(id), entry] as const
  })
  return { revision: '', digest: '', sequence: 0, entries: new Map(entries) }
}

const noKeys: ReadonlySet<string> = new Set()

/** Keys of objects that carry another application's label, and which that application still wants. */
async function claimedElsewhere(
  ledger: Ledger,
  state: LedgerState,
  target: Target,
  live: ReadonlyMap<string, LiveObject>,
  labels: Record<string, string>,
): Promise<ReadonlySet<string>> {
  const others = new Set(
    [...live.values()]
      .filter((object) => object.metadata.labels?.[ownerLabel] === labels[ownerLabel])
      .map((object) => object.metadata.labels?.[applicationLabel])
      .filter((application) => application !== labels[applicationLabel]),
  )
  if (others.size === 0) return noKeys
  const claims = state.attestations.filter(
    (one) => one.target.cluster === target.cluster && others.has(labelValue(one.target.application)),
  )
  const claimed = await Promise.all(claims.map((one) => ledger.objects(state, one.target)))
  return new Set(claimed.flat().map((object) => objectKey(objectId(object))))
}
