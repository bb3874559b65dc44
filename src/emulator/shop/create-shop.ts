import type { ChildProcesses } from '../../ports/child-process.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import { type ClusterEmulator, createClusterEmulator } from '../cluster/create-cluster-emulator.ts'
import { createGitHubEmulator, type GitHubEmulator } from '../github/github-emulator.ts'
import type { Repository } from '../github/state.ts'
import { createPrometheusEmulator, type PrometheusEmulator } from '../prometheus/prometheus.ts'
import type { TrafficFlow } from '../prometheus/traffic.ts'

/** The clusters of the shop: `.drawbridge.yaml` of its repository names them. */
export const clusterNames = ['dev', 'staging', 'prod-eu', 'prod-us'] as const
export type ClusterName = (typeof clusterNames)[number]

export const appId = 4711
export const appSlug = 'drawbridge'

/** What requests a second each production cluster serves of the checkout. */
const requestsPerSecond = 40

/** Errors that no version is free of. */
const usualErrorRatio = 0.0002

/** What is seen and done in a cluster by people, and by its own traffic; emulated or real. */
export interface ShopCluster {
  get: ClusterEmulator['get']
  edit(...edit: Parameters<ClusterEmulator['edit']>): unknown
  workloads: ClusterEmulator['workloads']
}

/** Clusters that run already, in place of emulated ones. */
export interface LiveClusters {
  clusters: Map<ClusterName, ShopCluster>
  kubeconfigs: Map<string, string>
}

export interface ShopOptions {
  clock: Clock
  random: Random
  children: ChildProcesses
  /** Bare repositories live here. */
  folder: string
  /** Path → text of the configuration repository. */
  files: Record<string, string>
  webhookUrl: string
  webhookSecret: string
  /** PEM of the app's public key. */
  appPublicKey: string
  ports?: { github?: number }
  live?: LiveClusters
}

export interface Shop {
  github: GitHubEmulator
  githubUrl: string
  /** `shop/config`. */
  repository: Repository
  /** The emulated ones: none where the clusters are real. */
  clusters: Map<ClusterName, ClusterEmulator>
  live: Map<ClusterName, ShopCluster>
  kubeconfigs: Map<string, string>
  prometheus: PrometheusEmulator
  prometheusUrl: string
  /** Share of requests that a version of the checkout answers with an error, from now on. */
  setErrorRatio(version: string, ratio: number): void
  close(): Promise<void>
}

/** The world outside Drawbridge: a shop's GitHub, its four clusters and its Prometheus, with people and rights. */
export async function createShop(options: ShopOptions): Promise<Shop> {
  const { clock, random } = options
  const github = createGitHubEmulator({ clock, random, children: options.children, folder: options.folder })
  const served = await github.listen(options.ports?.github ?? 0)
  const repository = await settleIn(github, options)

  const clusters = new Map<ClusterName, ClusterEmulator>()
  const live = new Map<ClusterName, ShopCluster>(options.live?.clusters)
  const kubeconfigs = new Map(options.live?.kubeconfigs)
  const closing: (() => Promise<void>)[] = [served.close]
  for (const name of options.live ? [] : clusterNames) {
    const cluster = createClusterEmulator({ name, clock, random })
    const { kubeconfig, close } = await cluster.listen()
    clusters.set(name, cluster)
    live.set(name, cluster)
    kubeconfigs.set(name, kubeconfig)
    closing.push(close)
  }

  const errorRatios = new Map<string, number>()
  const traffic = () =>
    ['prod-eu', 'prod-us'].flatMap((name) => flows(live.get(name as ClusterName), name, errorRatios))
  const prometheus = createPrometheusEmulator({ clock, traffic })
  const { url: prometheusUrl } = await prometheus.listen()
  closing.push(() => prometheus.close())

  return {
    github,
    githubUrl: served.url,
    repository,
    clusters,
    live,
    kubeconfigs,
    prometheus,
    prometheusUrl,
    setErrorRatio(version, ratio) {
      prometheus.catchUp()
      errorRatios.set(version, ratio)
      prometheus.catchUp()
    },
    async close() {
      for (const close of closing) await close()
    },
  }
}

/** Who works at the shop, what they may do, and the app that they installed. */
async function settleIn(github: GitHubEmulator, options: ShopOptions): Promise<Repository> {
  for (const login of ['ada', 'grace', 'radia', 'margaret', 'ken']) github.addUser(login)
  github.addOrganization('shop')
  github.addTeam('shop', 'platform', ['grace', 'ken'])
  github.addTeam('shop', 'storefront', ['ada', 'margaret'])
  github.addTeam('shop', 'checkout', ['grace', 'radia'])
  github.addTeam('shop', 'catalog', ['margaret'])
  github.addTeam('shop', 'payments', ['radia', 'ken'])
  github.addTeam('shop', 'release', ['radia'])
  const repository = await github.addRepository({
    owner: 'shop',
    name: 'config',
    files: options.files,
    message: 'The configuration of the shop',
    collaborators: { ada: 'write', grace: 'write', radia: 'write', margaret: 'write', ken: 'admin' },
  })
  github.protect(repository, 'main', {
    requiredChecks: { strict: false, checks: [{ context: 'drawbridge', appId }] },
    enforceAdmins: false,
  })
  github.installApp({
    appId,
    slug: appSlug,
    name: 'Drawbridge',
    publicKeyPem: options.appPublicKey,
    webhookUrl: options.webhookUrl,
    webhookSecret: options.webhookSecret,
    repositories: [repository],
    permissions: {
      metadata: 'read',
      contents: 'write',
      pull_requests: 'write',
      checks: 'write',
      members: 'read',
      merge_queues: 'read',
      statuses: 'read',
      deployments: 'write',
    },
  })
  return repository
}

/** What a cluster serves now: each running version of the checkout takes its share of the requests. */
function flows(
  cluster: ShopCluster | undefined,
  name: string,
  errorRatios: ReadonlyMap<string, number>,
): TrafficFlow[] {
  const workloads =
    cluster?.workloads().filter((workload) => workload.name === 'checkout' && workload.readyReplicas > 0) ??
    []
  const replicas = workloads.reduce((sum, { readyReplicas }) => sum + readyReplicas, 0)
  return workloads.map(({ version, readyReplicas }) => ({
    labels: { app: 'checkout', cluster: name },
    version,
    requestsPerSecond: (requestsPerSecond * readyReplicas) / replicas,
    errorRatio: errorRatios.get(version) ?? usualErrorRatio,
  }))
}
