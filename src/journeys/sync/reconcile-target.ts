import type { AuditEntry } from '../../domain/audit.ts'
import type { Health } from '../../domain/health.ts'
import type { Instant, RepositoryRef, Target } from '../../domain/refs.ts'
import type { Pause, Release, ReleasePhase } from '../../domain/release.ts'
import { clockOffset } from '../../features/health/clock-offset.ts'
import { holdBack } from '../../features/drift/hold-back.ts'
import { describePause, pauseOf } from '../../features/sync/pause-of.ts'
import type { Inventory } from '../../features/sync/inventory.ts'
import { planSync, type SyncPlan } from '../../features/sync/plan-sync.ts'
import { identityOf } from '../../features/tenancy/limits-of.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { Cluster } from '../../ports/cluster.ts'
import type { Decryptor } from '../../ports/decryptor.ts'
import type { LedgerState } from '../../ports/ledger.ts'
import type { ServedCluster } from '../../ports/served-cluster.ts'
import { actAs } from './act-as.ts'
import { awaitDependencies, type DependencyPorts } from './await-dependencies.ts'
import { gatherLeft } from './gather-left.ts'
import { gatherPruneFacts } from './gather-prune-facts.ts'
import { judge, withCause } from './judge-release.ts'
import { noteYielded, withFinishedJobs, withPlanned } from './note-objects.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { readRelease } from './read-release.ts'
import { type Applied, applyRelease, beginRelease, finishHooks, withNotes } from './reconcile-apply.ts'
import { openInventoryWriter } from './write-inventory.ts'
import { pruneObjects } from './prune-objects.ts'
import { gatherReconcileFacts, readDesired, type ReconcileFacts } from './reconcile-facts.ts'
import { type Finding, nextRelease, type ReleaseStore, saveRelease } from './reconcile-release.ts'
import { isAnythingThere, stopEarlierHooks, tidyHooks } from './run-hooks.ts'
import { describeDeeds, driftReport } from './tell-release.ts'

type ReconcilePorts = Pick<Ports, 'clock' | 'ledger' | 'serve' | 'log'> & {
  /** Of agents alone: the app applies nothing that is encrypted. */
  decryptor?: Decryptor
  /** Of agents alone: the app has everything in its store. */
  elsewhere?: DependencyPorts['elsewhere']
  store: ReleaseStore
}

interface TargetWork {
  repository: RepositoryRef
  target: Target
}

/** When to look again by itself; a hint comes earlier where anything was seen to change. */
const nextLookMs: Record<ReleasePhase, number> = {
  pending: 30_000,
  applying: 1_000,
  progressing: 60_000,
  degraded: 60_000,
  unreachable: 30_000,
  refused: 10 * 60_000,
  healthy: 60 * 60_000,
}

/** After the record of a target was made anew: what is to be deleted is seen a second time. */
const secondSightMs = 5_000

/**
 * Makes one target's live objects equal what is attested for it, and says how they are.
 * Applies only what is signed; writes nothing where nothing is different; may be ended and begun again at any point.
 */
export async function reconcileTarget(
  given: ReconcilePorts,
  work: TargetWork,
): Promise<JourneyOutcome & { release?: Release }> {
  const served = await given.serve(work.repository, work.target)
  if (served === undefined) return { outcome: 'served-by-an-agent', actions: 0 }
  const ports = { ...given, store: toldThere(given.store, served, work.target) }
  const { cluster, view, guard } = served
  const before = await ports.store.releases.get(work.repository, work.target)
  const desired = await readDesired(ports.ledger, work.repository, work.target)
  if (desired.kind === 'refused') return finish(ports, work, before, refused(desired.reason))
  const { attestation } = desired
  try {
    const refusal = await guard?.refusal()
    if (refusal !== undefined) return await finish(ports, work, before, { ...refused(refusal), attestation })
    const release = await readRelease(ports, cluster, desired.state, attestation)
    if (release.kind === 'refused')
      return await finish(ports, work, before, { ...refused(release.reason), attestation })
    const { objects } = release
    const found = await gatherReconcileFacts(ports, view, work.repository, work.target, desired, objects)
    const asked = await gatherPruneFacts(ports.ledger, cluster, desired.state, work.target, found)
    const offset = clockOffset(cluster.clockSkew())
    const facts = { ...found, ...asked, left: await gatherLeft(cluster, found), clockOffset: offset }
    if (facts.foreignOwner !== undefined)
      return await finish(ports, work, before, { ...refused(foreignWords(facts.foreignOwner)), attestation })
    if (facts.sequence < facts.inventory.sequence)
      return await finish(ports, work, before, {
        ...refused(rollbackWords(facts, desired.state)),
        attestation,
      })
    const now = ports.clock.now()
    const pause = pauseOf(desired.state.controls.pauses, work.target, now + offset)
    if (pause !== undefined) return await rest(ports, cluster, work, before, facts, pause)
    const waits = await awaitDependencies(ports, work.repository, facts, desired.state, before, now)
    if (waits !== undefined) return await finish(ports, work, before, waits)
    return await sync(ports, served, work, before, facts)
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error
    // The tree is not the one that was attested, or cannot be read as such: that no retry mends.
    if (error.system === 'git' && !error.retryable)
      return finish(ports, work, before, { ...refused(error.message), attestation })
    if (error.system !== 'kubernetes') throw error
    ports.log.warn({ target: work.target, operation: error.operation }, 'cluster did not answer')
    const health: Health = { status: 'Unknown', reason: error.message }
    return finish(ports, work, before, { phase: 'unreachable', health, reason: error.message, attestation })
  }
}

/** What is audited is also told on the cluster where it was done. */
function toldThere(
  { audit, releases }: ReleaseStore,
  { onDeed }: Pick<ServedCluster, 'onDeed'>,
  target: Target,
): ReleaseStore {
  const append: ReleaseStore['audit']['append'] = async (entry, now) => {
    await audit.append(entry, now)
    onDeed?.(target, entry)
  }
  return { releases, audit: { append } }
}

function refused(reason: string): Finding {
  return { phase: 'refused', health: { status: 'Unknown', reason }, reason }
}

/** Signed by us once, but something newer was applied here: somebody has put the branch back. */
function rollbackWords(
  { sequence, inventory }: ReconcileFacts,
  { commit, environment }: LedgerState,
): string {
  const where = `commit ${commit.slice(0, 7)} of the rendered branch of ${environment}`
  return `HISTORY_REWRITTEN: ${where} (sequence ${sequence}) is older than what was applied here (${inventory.sequence}); put the newest commit back`
}

function foreignWords(owner: string): string {
  return `OWNERSHIP_CONFLICT: the application of this name on this cluster belongs to another repository or environment (${owner})`
}

/**
 * A target that is paused is looked at and left as it is: what drifted is told, what was released since waits.
 * It goes on where it was when the pause ends.
 */
async function rest(
  ports: ReconcilePorts,
  cluster: Cluster,
  work: TargetWork,
  before: Release | undefined,
  facts: ReconcileFacts,
  pause: Pause,
): Promise<JourneyOutcome & { release?: Release }> {
  const now = ports.clock.now()
  const later = pause.until === undefined ? {} : { later: pause.until - facts.clockOffset }
  const words = describePause(pause)
  if (facts.inventory.digest !== facts.digest) {
    const health: Health = { status: 'Unknown', reason: words }
    const waits: Finding = { phase: 'pending', health, reason: words, attestation: facts.attestation }
    return finish(ports, work, before, { ...waits, pause }, later)
  }
  const left = { ...facts, rules: { ...facts.rules, isReportOnly: true } }
  const { due } = holdBack(planSync(left, now), before?.drift, true, now)
  const judged = withNotes(judge(left, due, undefined, before, now), facts.inventory)
  const found = await withCause(cluster, left, due, undefined, judged, before, now)
  const drift = driftReport(left, due, untouched, before, now)
  const reason = [words, found.reason].filter((part) => part !== '').join('; ')
  return finish(ports, work, before, { ...found, reason, pause, ...(drift && { drift }) }, later)
}

const untouched: Applied = { objects: new Map(), problems: [], waiting: [], writes: 0, isToBeTidied: false }

async function sync(
  ports: ReconcilePorts,
  { cluster, view, guard }: ServedCluster,
  work: TargetWork,
  before: Release | undefined,
  facts: ReconcileFacts,
): Promise<JourneyOutcome & { release?: Release }> {
  const { attestation } = facts
  const now = ports.clock.now()
  const plan = planSync({ ...facts, isAnythingThere: await isAnythingThere(cluster, facts) }, now)
  const { due, later: healAt } = holdBack(plan, before?.drift, facts.rules.isReportOnly, now)
  const later = facts.isFirstSight ? now + secondSightMs : healAt
  if (plan.isInSync) {
    const found = withNotes(judge(facts, plan, undefined, before, now), facts.inventory)
    const explained = await withCause(cluster, facts, plan, undefined, found, before, now)
    return finish(ports, work, before, explained, { later })
  }

  const isNewDigest = facts.inventory.digest !== facts.digest
  if (isNewDigest && before?.digest !== facts.digest) {
    const health: Health = { status: 'Progressing', reason: 'is being applied' }
    const finding: Finding = { phase: 'applying', health, reason: 'is being applied', attestation }
    before = (await finish(ports, work, before, finding)).release
  }
  const inventory = {
    ...withPlanned(facts.inventory, due),
    sequence: facts.sequence,
    cluster: await cluster.identity(),
  }
  const book = openInventoryWriter(cluster, view, work.repository, work.target, facts.storedInventory)
  const record = () => book.write(inventory)
  const acting = actAs(cluster, identityOf(attestation.tenants))
  const release = beginRelease(acting, view, facts, due, inventory, record, now)
  if (isToBeRecordedFirst(facts, plan, inventory)) await record()
  const tidied = (await tidyHooks(release)) + (await stopEarlierHooks(release, facts.inventory.run))
  const applied = await applyRelease(release).catch(async (error: unknown) => {
    await record()
    throw error
  })
  const isApplied = applied.problems.length === 0 && applied.waiting.length === 0 && healAt === undefined
  const mayPrune = guard?.mayPrune(work.target) ?? true
  const pruned =
    isApplied && mayPrune ? await pruneObjects(acting, plan, inventory) : { deleted: [], problems: [] }
  applied.problems.push(...pruned.problems)
  if (isApplied && mayPrune && pruned.problems.length === 0)
    Object.assign(inventory, { revision: attestation.revision, digest: facts.digest })
  inventory.entries = withFinishedJobs(inventory, view).entries
  noteYielded(inventory, facts)
  const judged = withNotes(judge(facts, due, applied, before, now), inventory)
  const found = await finishHooks(release, applied, judged)
  await record()
  const finding = await withCause(cluster, facts, due, applied, found, before, now)
  const drift = driftReport(facts, due, applied, before, now)
  const about = { target: work.target, revision: attestation.revision, digest: facts.digest }
  const deeds = describeDeeds(about, due, applied, pruned.deleted, isNewDigest, drift, now)
  const writes = applied.writes + tidied + pruned.deleted.length + book.writes()
  const next = applied.isToBeTidied ? now : mayPrune ? later : now + nextLookMs.applying
  return finish(
    ports,
    work,
    before,
    { ...finding, ...(drift && { drift }) },
    { deeds, writes, ...(next !== undefined && { later: next }) },
  )
}

/**
 * What was known already stays known whatever happens now; what is new is written down before it is begun. Where there is
 * no record yet, whatever carries our labels counts as recorded, but no run of hooks does.
 */
function isToBeRecordedFirst(facts: ReconcileFacts, plan: SyncPlan, inventory: Inventory): boolean {
  const isGrowing = inventory.entries.size > facts.inventory.entries.size
  return isGrowing && (!facts.isInventoryNew || plan.hooks.run !== undefined)
}

async function finish(
  ports: ReconcilePorts,
  work: TargetWork,
  before: Release | undefined,
  finding: Finding,
  done: { deeds?: AuditEntry[]; writes?: number; later?: Instant } = {},
): Promise<JourneyOutcome & { release: Release }> {
  const now = ports.clock.now()
  const release = nextRelease(work.target, before, finding, now)
  const saved = await saveRelease(ports.store, work.repository, before, release, done.deeds ?? [], now)
  const regular = now + nextLookMs[release.phase]
  const next = Math.min(regular, done.later ?? regular, finding.changesAt ?? regular)
  const actions = saved + (done.writes ?? 0)
  return { outcome: release.phase, actions, next, release }
}
