import type { Health } from '../../domain/health.ts'
import { formatObjectId, type ObjectId, objectKey } from '../../domain/kubernetes-object.ts'
import type { LiveObject } from '../../domain/live-object.ts'
import type { Instant, Sha } from '../../domain/refs.ts'
import type { HookMoment } from '../../features/sync/hook-of.ts'
import type { HookRun } from '../../features/sync/hook-run.ts'
import { type Inventory, recordApplied } from '../../features/sync/inventory.ts'
import { healthOf } from '../../features/sync/observe.ts'
import { isOwnWorkload } from '../../features/sync/own-installation.ts'
import type { Change, SyncLayer, SyncPlan } from '../../features/sync/plan-sync.ts'
import { waveHealth } from '../../features/sync/wave-health.ts'
import type { ClusterView } from '../../ports/cluster-view.ts'
import type { Cluster } from '../../ports/cluster.ts'
import { applyObject, type ApplyRules, notServed, type ObjectOutcome } from './apply-object.ts'
import type { ReconcileFacts } from './reconcile-facts.ts'
import type { Finding } from './reconcile-release.ts'
import { type HookWork, runHooks } from './run-hooks.ts'

/** What an apply came to. */
export interface Applied {
  /** Objects that were written or found as they should be, as the server answered. */
  objects: Map<string, LiveObject>
  /** For people: what was refused, and why. */
  problems: string[]
  /** What has to happen first, by itself: a kind that is not served yet, a wave that is not healthy, a hook that runs. */
  waiting: string[]
  writes: number
  /** When to look again though nothing happens meanwhile. */
  isToBeTidied: boolean
}

export interface ReleaseWork extends HookWork {
  plan: SyncPlan
  /** What is known of each object; what is applied is taken down in it. */
  inventory: Inventory
  digest: Sha
  rules: ApplyRules
  now: Instant
}

/** Takes the run of the hooks into the inventory, so that it is recorded before anything is begun. */
export function beginRelease(
  cluster: Cluster,
  view: ClusterView,
  facts: ReconcileFacts,
  plan: SyncPlan,
  inventory: Inventory,
  record: () => Promise<void>,
  now: Instant,
): ReleaseWork {
  const { run: planned, hooks } = plan.hooks
  if (planned === undefined) delete inventory.run
  else inventory.run = structuredClone(planned)
  const run = inventory.run ?? noRun
  const { conflicts } = facts.attestation
  const rules: ApplyRules = {
    isDeletionConsented: facts.isDeletionConsented,
    ...(conflicts && { conflicts }),
  }
  const { live, digest } = facts
  const nowThere = now + facts.clockOffset
  return { cluster, view, hooks, run, live, record, nowThere, plan, inventory, digest, rules, now }
}

/** Of a release without hooks. */
const noRun: HookRun = { digest: '', id: '', occasion: 'upgrade', hooks: {}, end: 'settled' }

/**
 * Applies a release: its hooks before, then wave by wave, within a wave layer by layer, within a layer all at once. Goes as
 * far as it can and never waits: what has to become healthy first is found so by the next look. Where something is
 * refused, nothing further begins. What was done so far is recorded before the agent's own workload is applied, which may
 * end this process.
 */
export async function applyRelease(work: ReleaseWork): Promise<Applied> {
  const applied: Applied = { objects: new Map(), problems: [], waiting: [], writes: 0, isToBeTidied: false }
  const { plan } = work
  if (plan.isRelease && !(await goOnWithHooks(work, applied, 'before'))) return applied
  const waves = [...Map.groupBy(plan.layers, ({ wave }) => wave)]
  for (const [index, [wave, layers]] of waves.entries()) {
    for (const { changes } of layers) {
      if (changes.some(({ id, kind }) => isOwnWorkload(id) && kind !== 'unchanged')) await work.record()
      const canGoOn = await applyLayer(work, changes, applied)
      if (!canGoOn) return applied
    }
    if (!plan.isRelease) continue
    if (!(await goOnWithHooks(work, applied, 'during', wave))) return applied
    const isLast = index === waves.length - 1
    if (!isLast && wave !== -Infinity && !isWaveHealthy(work, layers, applied)) return applied
  }
  return applied
}

/**
 * What comes after the objects: the hooks after a healthy release, those on failure of one that is stopped. Gives what was
 * found with what the hooks add to it: a release whose hooks still run is not healthy yet.
 */
export async function finishHooks(work: ReleaseWork, applied: Applied, finding: Finding): Promise<Finding> {
  const { run, plan } = work
  if (finding.phase === 'healthy' && run.end === undefined) {
    if (await goOnWithHooks(work, applied, 'after')) run.end = 'done'
  }
  const isFailed = Object.values(run.hooks).some(({ state }) => state === 'failed')
  if (applied.problems.length > 0 && (plan.isRelease || isFailed))
    await goOnWithHooks(work, applied, 'failure')
  if (applied.problems.length > 0) {
    const reason = [...new Set(applied.problems)].join('; ')
    return { ...finding, phase: 'degraded', health: { status: 'Degraded', reason }, reason }
  }
  if (finding.phase !== 'healthy' || applied.waiting.length === 0) return finding
  return { ...finding, phase: 'applying', reason: applied.waiting.join('; ') }
}

/** What of the release is left to others, or could not be taken away, is told with whatever else is said. */
export function withNotes(finding: Finding, inventory: Inventory): Finding {
  const notes = [...inventory.entries.values()].flatMap((entry) => entry.notes ?? [])
  if (notes.length === 0 || finding.phase === 'refused') return finding
  const told =
    notes.length > mostNotes ? [...notes.slice(0, mostNotes), `and ${notes.length - mostNotes} more`] : notes
  return { ...finding, reason: [finding.reason, ...told].filter((part) => part !== '').join('; ') }
}

/** More notes than people read. */
const mostNotes = 5

/** Goes on with the hooks of one moment. False: they have not come to their good end yet. */
async function goOnWithHooks(
  work: HookWork,
  applied: Applied,
  moment: HookMoment,
  wave?: number,
): Promise<boolean> {
  const outcome = await runHooks(work, moment, wave)
  applied.problems.push(...outcome.problems)
  applied.waiting.push(...outcome.waiting)
  applied.writes += outcome.writes
  applied.isToBeTidied ||= outcome.isToBeTidied
  return outcome.kind === 'done'
}

/** False where what comes after must not begin. An object whose kind is not served yet keeps back nothing but itself. */
async function applyLayer(work: ReleaseWork, changes: Change[], applied: Applied): Promise<boolean> {
  let isHeld = false
  applied.problems.push(...changes.filter(({ kind }) => kind === 'skipped').map(({ reason }) => reason))
  const due = changes.filter(({ kind }) => kind === 'created' || kind === 'configured')
  const definitions = definitionsOf(work.plan)
  await Promise.all(
    due.map(async (change) => {
      const definition = definitions.get(kindKey(change.id))
      const isServed = definition === undefined || isEstablished(work, applied, definition)
      if (change.waits !== undefined) isHeld = true
      const waits = change.waits ?? (isServed ? undefined : `${change.id.kind} is not served yet`)
      if (waits !== undefined) return void applied.waiting.push(waits)
      const before = work.live.get(objectKey(change.id))
      const outcome = await applyObject(work.cluster, change, before, work.rules)
      applied.writes += 1
      isHeld ||= outcome.kind === 'waiting'
      takeDown(work, applied, change, outcome, definition !== undefined)
    }),
  )
  return !isHeld && applied.problems.length === 0
}

function takeDown(
  { view, inventory, digest, now }: ReleaseWork,
  applied: Applied,
  { id, object }: Change,
  outcome: ObjectOutcome,
  isDefinedHere: boolean,
): void {
  const key = objectKey(id)
  switch (outcome.kind) {
    case 'applied': {
      const live = view.note(outcome.object)
      applied.objects.set(key, live)
      const entry = recordApplied(id, object, live, digest, now)
      const notes = outcome.notes.map((note) => `${formatObjectId(id)}: ${note}`)
      inventory.entries.set(key, notes.length > 0 ? { ...entry, notes } : entry)
      return
    }
    case 'waiting':
      return void applied.waiting.push(outcome.reason)
    case 'unknown-kind':
      if (isDefinedHere) applied.waiting.push(`${id.kind} is not served yet`)
      else applied.problems.push(notServed(id))
      return
    case 'refused':
      return void applied.problems.push(outcome.reason)
  }
}

/** Kinds that the release itself defines, with the key of the definition. */
function definitionsOf({ layers }: SyncPlan): Map<string, string> {
  const definitions = layers
    .flatMap(({ changes }) => changes)
    .filter(({ id }) => id.kind === 'CustomResourceDefinition')
  return new Map(
    definitions.map(({ id, object }) => {
      const spec = object['spec'] as { group?: string; names?: { kind?: string } } | undefined
      return [`${spec?.group}/${spec?.names?.kind}`, objectKey(id)]
    }),
  )
}

function kindKey(id: ObjectId): string {
  return `${id.group}/${id.kind}`
}

function isEstablished(work: ReleaseWork, applied: Applied, key: string): boolean {
  return healthNow(work, applied, key)?.status === 'Healthy'
}

function healthNow({ live, nowThere }: ReleaseWork, applied: Applied, key: string): Health | undefined {
  const object = applied.objects.get(key) ?? live.get(key)
  return object && healthOf(object, nowThere)
}

/** Health as it is now: a wave that has just been applied has it only where it needs no time for it. */
function isWaveHealthy(work: ReleaseWork, layers: SyncLayer[], applied: Applied): boolean {
  const ids = layers.flatMap(({ changes }) => changes.map(({ id }) => id))
  const health = waveHealth(ids, (key) => finishedHealth(work, key) ?? healthNow(work, applied, key))
  if (health.kind === 'healthy') return true
  const words = `wave ${layers[0]?.wave}: ${health.reason}`
  if (health.kind === 'fails') applied.problems.push(words)
  else applied.waiting.push(words)
  return false
}

/** A Job that completed may have been cleaned up since. */
function finishedHealth({ inventory, live }: ReleaseWork, key: string): Health | undefined {
  const isFinished = !live.has(key) && inventory.entries.get(key)?.isFinished
  return isFinished ? { status: 'Healthy', reason: '' } : undefined
}
