import { noControls, type Pause } from '../../src/domain/release.ts'
import type { AuditEntry } from '../../src/domain/audit.ts'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import type { ReconcileSettings } from '../../src/domain/reconcile-settings.ts'
import { type RepositoryRef, type Target, targetKey } from '../../src/domain/refs.ts'
import type { Attestation, Release } from '../../src/domain/release.ts'
import { hashOf } from '../../src/features/drift/fingerprint.ts'
import { objectId, objectKey } from '../../src/domain/kubernetes-object.ts'
import { type InventoryOwner, isInventory } from '../../src/features/sync/inventory.ts'
import { ownerLabel, ownershipLabels } from '../../src/features/sync/ownership.ts'
import type { ClusterView } from '../../src/ports/cluster-view.ts'
import { createClusterView } from '../../src/reconciler/cluster-view.ts'
import { reconcileTarget } from '../../src/journeys/sync/reconcile-target.ts'
import type { Cluster } from '../../src/ports/cluster.ts'
import type { Ledger, LedgerState } from '../../src/ports/ledger.ts'
import {
  type RunningCluster,
  silentLog,
  startCluster,
  startOfTime,
} from '../emulator/cluster/start-cluster.ts'

export const repository: RepositoryRef = { id: '7', owner: 'shop', name: 'gitops', installation: '1' }
export const target: Target = { application: 'checkout', environment: 'dev', cluster: 'dev' }

/** What is attested, kept in memory. */
export interface FakeLedger extends Ledger {
  trust: LedgerState['trust']
  /** What the configuration tells the cluster side. */
  settings?: ReconcileSettings
  pauses: Pause[]
  /** Of the newest commit, unless a test says otherwise. */
  sequence?: number
  /** Attests these objects for a target of the environment dev. */
  attest(objects: KubernetesObject[], forTarget?: Target, more?: Partial<Attestation>): void
  withdraw(forTarget?: Target): void
  targets(): Target[]
}

export function fakeLedger(): FakeLedger {
  const trees = new Map<string, { attestation: Attestation; objects: KubernetesObject[] }>()
  let commits = 0
  const state = (): LedgerState => ({
    repository,
    environment: 'dev',
    commit: String(commits).padStart(40, '0'),
    trust: ledger.trust,
    sequence: ledger.sequence ?? commits,
    attestations: [...trees.values()].map(({ attestation }) => attestation),
    rollouts: [],
    controls: { ...noControls, pauses: ledger.pauses },
    ...(ledger.settings && { settings: ledger.settings }),
  })
  const ledger: FakeLedger = {
    trust: 'trusted',
    pauses: [],
    attest(objects, forTarget = target, more = {}) {
      commits += 1
      const attestation: Attestation = {
        target: forTarget,
        revision: String(commits).padStart(40, 'a'),
        digest: hashOf(objects).padEnd(40, '0'),
        source: `apps/${forTarget.application}`,
        kind: 'change',
        verdicts: [],
        images: {},
        at: startOfTime,
        ...more,
      }
      trees.set(targetKey(forTarget), { attestation, objects })
    },
    withdraw(forTarget = target) {
      trees.delete(targetKey(forTarget))
    },
    targets: () => [...trees.values()].map(({ attestation }) => attestation.target),
    read: async () => (commits === 0 ? undefined : state()),
    objects: async (_, wanted) => structuredClone(trees.get(targetKey(wanted))?.objects ?? []),
    holders: async () => [],
    commit: async () => ({ kind: 'conflict' }),
    history: async () => [],
  }
  return ledger
}

export interface Shop {
  /** By how much the API server says that its clock is ahead. */
  aheadMs: number
  running: RunningCluster
  ledger: FakeLedger
  audit: AuditEntry[]
  releases: Map<string, Release>
  cluster: Cluster
  view: ClusterView
  /** What the view said that should be looked at. */
  hints: InventoryOwner[]
  /** Answers once the view has seen everything that is live now. */
  seen(): Promise<void>
  stop(): Promise<void>
  /** From now on nothing is known but what is on the cluster, and in the store. */
  restart(): void
  /** One look at a target. */
  reconcile(forTarget?: Target): ReturnType<typeof reconcileTarget>
  /** Looks again and again, a second apart, until the phase is reached. */
  until(phase: Release['phase']): Promise<Release>
  ports: Parameters<typeof reconcileTarget>[0]
}

/** A cluster, a ledger and a place for releases; `cluster` may be wrapped to make it fail. */
export async function openShop(wrap: (cluster: Cluster) => Cluster = (cluster) => cluster): Promise<Shop> {
  const running = await startCluster('dev')
  const ledger = fakeLedger()
  const audit: AuditEntry[] = []
  const releases = new Map<string, Release>()
  const cluster = wrap({ ...running.cluster, clockSkew: () => shop.aheadMs })
  running.emulator.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  const hints: InventoryOwner[] = []
  const openView = () => {
    const stop = new AbortController()
    const { clock } = running
    const onHint = (hint: InventoryOwner) => hints.push(hint)
    const view = createClusterView({ cluster, clock, signal: stop.signal, onHint })
    // It sees nothing, and nothing has to be waited for, until the first look follows what that is about.
    return { stop, view, isNew: true }
  }
  let seeing = openView()
  const ports: Shop['ports'] = {
    clock: running.clock,
    ledger,
    log: silentLog,
    serve: async (_, { cluster: name }) => (name === 'dev' ? { cluster, view: seeing.view } : undefined),
    store: {
      audit: {
        append: async (entry) => void audit.push(entry),
      },
      releases: {
        put: async (_, release) => void releases.set(targetKey(release.target), structuredClone(release)),
        get: async (_, wanted) => structuredClone(releases.get(targetKey(wanted))),
        list: async () => [...releases.values()].map((release) => ({ repository, release })),
      },
    },
  }
  const reconcile = async (forTarget = target) => {
    if (!seeing.isNew) await seen(running, seeing.view, ledger.targets())
    seeing.isNew = false
    return reconcileTarget(ports, { repository, target: forTarget })
  }
  const shop: Shop = {
    aheadMs: 0,
    running,
    ledger,
    audit,
    releases,
    cluster,
    get view() {
      return seeing.view
    },
    hints,
    seen: () => seen(running, seeing.view, ledger.targets()),
    reconcile,
    ports,
    restart() {
      seeing.stop.abort()
      seeing = openView()
    },
    async stop() {
      seeing.stop.abort()
      await running.stop()
    },
    async until(phase) {
      for (let tries = 0; tries < 30; tries += 1) {
        const { release } = await reconcile()
        if (release?.phase === phase) return release
        await running.clock.advance(1000)
      }
      throw new Error(`never became ${phase}: ${JSON.stringify(releases.get(targetKey(target)))}`)
    },
  }
  return shop
}

const kindsInTests = [
  'ConfigMap',
  'Secret',
  'Service',
  'ServiceAccount',
  'Namespace',
  'PersistentVolumeClaim',
  'Deployment',
  'StatefulSet',
  'Job',
  'CustomResourceDefinition',
  'Coupon',
  'HorizontalPodAutoscaler',
]

/** Watches tell a moment later: waits until what the view holds is what is live, for half a second at most. */
async function seen({ emulator }: RunningCluster, view: ClusterView, targets: Target[]): Promise<void> {
  const listed = (kind: string) => {
    try {
      return emulator.list(kind)
    } catch {
      return []
    }
  }
  const isSeen = () => {
    const live = kindsInTests.flatMap(listed).filter(({ metadata }) => metadata.labels?.[ownerLabel])
    const isHeld = live.every((object) => {
      const held = isInventory(object)
        ? view.inventory(objectId(object))
        : view.get(objectKey(objectId(object)))
      return held?.metadata.resourceVersion === object.metadata.resourceVersion
    })
    const keys = new Set(live.map((object) => objectKey(objectId(object))))
    const owned = targets.flatMap((one) => view.owned(ownershipLabels(repository, one)))
    return isHeld && owned.every((object) => keys.has(objectKey(objectId(object))))
  }
  for (let tries = 0; tries < 100 && !isSeen(); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
}

export function aDeployment(
  name = 'checkout',
  image = 'registry.shop.example/checkout:1.8.0',
): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'app',
              image,
              ports: [{ containerPort: 8080 }],
              resources: { limits: { cpu: '1000m', memory: '1024Mi' } },
            },
          ],
        },
      },
    },
  }
}

export function aConfigMap(name: string, data: Record<string, string> = { key: 'value' }): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data }
}
