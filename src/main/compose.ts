import { mkdirSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RepositoryRef } from '../domain/refs.ts'
import type { Work } from '../domain/work.ts'
import { createGit } from '../adapters/git/git.ts'
import { createLedger } from '../adapters/git/ledger.ts'
import { createGitHub } from '../adapters/github/github.ts'
import { createMetrics } from '../adapters/metrics/prometheus.ts'
import { createPolicyEvaluator } from '../adapters/policy/policy-worker.ts'
import { createGpgv } from '../adapters/openpgp/gpgv.ts'
import { createRenderer } from '../adapters/renderers/create-renderer.ts'
import { rendererPlaces } from '../adapters/renderers/renderer-places.ts'
import { openStore } from '../adapters/store/open-store.ts'
import { sealCache } from '../adapters/store/sealed-cache.ts'
import { createTelemetry } from '../adapters/telemetry/prometheus-telemetry.ts'
import { createWords } from '../adapters/words/handlebars-words.ts'
import { createAgentDoor } from '../app/agent-door.ts'
import { createDriftFigures } from '../app/drift-figures.ts'
import { createAgentKeys } from '../app/agent-keys.ts'
import { followMarks } from '../app/follow-marks.ts'
import { createHealth } from '../app/health.ts'
import { createHintStreams } from '../app/hint-streams.ts'
import { createAlertDoor } from '../app/alert-door.ts'
import { readSloStanding } from '../journeys/slo/read-slo-standing.ts'
import { readTimeline } from '../journeys/rollback/read-timeline.ts'
import { createInbox } from '../app/inbox.ts'
import { createReceiver } from '../app/receiver.ts'
import { createAppServer } from '../app/server.ts'
import { registerStoreFigures } from '../app/store-figures.ts'
import { workFor } from '../app/work-for.ts'
import { createWorker, type Worker } from '../app/worker.ts'
import { createChanges } from '../dashboard/changes.ts'
import { createDashboard } from '../dashboard/dashboard.ts'
import { publicKeyLine } from '../features/attestation/ssh-key.ts'
import { signSsh, verifySsh } from '../features/attestation/ssh-signature.ts'
import { giveUp } from '../journeys/review/give-up.ts'
import type { Ports } from '../journeys/ports.ts'
import { readTip } from '../journeys/repository/read-configuration.ts'
import { organisationRepository } from '../journeys/repository/read-organisation.ts'
import { takeReport } from '../journeys/sync/take-report.ts'
import { reviewPageKey, reviewPartKey } from '../journeys/review/review-page-key.ts'
import type { ChildProcesses } from '../ports/child-process.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Random } from '../ports/random.ts'
import { viewingClusters } from '../reconciler/viewing-clusters.ts'
import { appKey } from './app-key.ts'
import { type Assets, readAssets } from './assets.ts'
import { dashboardAccess } from './dashboard-access.ts'
import { createHandlers } from './handlers.ts'
import { noMetrics } from './no-metrics.ts'
import { readLedgerMark } from './read-ledger-mark.ts'
import { createRepositories, type Repositories } from './repositories.ts'
import { createServedClusters } from './served-clusters.ts'
import { createServe } from './serving.ts'
import { kubeconfigReaders } from './read-kubeconfigs.ts'
import type { Settings } from './settings.ts'

/** Another replica's commit on a rendered ref is seen after so long at most; its push event makes us look again after that. */
const ledgerStaleAfterMs = 15_000

/** What the whole product stands on; a simulation hands in its own. */
export interface Foundations {
  clock: Clock
  /** Of what waits for API servers, where they live at another pace than `clock`. */
  clusterClock?: Clock
  random: Random
  children: ChildProcesses
  fetch: typeof fetch
  log: Log
  assets?: Assets
  /** Wraps the ports before anything uses them: where tests count, delay or end the process. */
  intercept?(ports: Ports): Ports
}

export interface Drawbridge {
  ports: Ports
  worker: Worker
  repositories: Repositories
  /** Address of the server, once started. */
  url(): string
  start(): Promise<void>
  stop(): Promise<void>
}

/** Builds the whole product from its settings: nothing runs before `start`. */
export async function composeDrawbridge(settings: Settings, foundations: Foundations): Promise<Drawbridge> {
  const { clock, random, children, fetch, log } = foundations
  const assets = foundations.assets ?? readAssets()
  mkdirSync(settings.dataFolder, { recursive: true, mode: 0o700 })
  const telemetry = createTelemetry()
  const store = await openStore({ url: settings.databaseUrl, folder: settings.dataFolder, clock, log })
  registerStoreFigures(telemetry, store, clock)
  const onRelease = createDriftFigures(telemetry)

  const github = createGitHub({
    appId: settings.appId,
    ...appKey(settings),
    baseUrl: settings.githubApiUrl,
    clock,
    random,
    log,
    fetch,
  })
  const self = await github.self()
  const git = createGit({
    children,
    folder: join(settings.dataFolder, 'git'),
    environment: settings.gitEnvironment,
  })
  const repositories = createRepositories(github, git, (ref) => github.tokenFor(ref), clock)
  const trustedKeys = [publicKeyLine(settings.signingKey), ...settings.trustedKeys]
  const sign = (payload: string) => signSsh(payload, settings.signingKey)
  const watching = new AbortController()
  const clusterClock = foundations.clusterClock ?? clock
  const clusters = createServedClusters({
    kubeconfigs: kubeconfigReaders(settings),
    acceptedIdentities: settings.acceptedIdentities ?? [],
    view: viewingClusters({
      // What it waits for is the API server's; what it judges has its time from the same clock as all else.
      ports: { clock: { now: clock.now, sleep: clusterClock.sleep }, log, store },
      repositories: () => repositories.all(),
      signal: watching.signal,
    }),
    store,
    clock,
    clusterClock,
    random,
    log,
  })
  telemetry.gauge(
    {
      name: 'drawbridge_cluster_clock_skew_seconds',
      help: 'By how much the clock of each cluster that is served from here is ahead of this one; negative: behind.',
      labels: ['cluster'],
    },
    async () =>
      clusters.clockSkews().map(({ cluster, skewMs }) => ({ labels: { cluster }, value: skewMs / 1000 })),
  )
  const streams = createHintStreams(clock)
  const policies = createPolicyEvaluator({ shipped: assets.policies, clock })
  const own: Ports = {
    clock,
    store,
    github,
    repository: (ref) => repositories.open(ref),
    organisation: ({ owner }) => repositories.lately(owner, organisationRepository),
    defaultBranch: (ref) => repositories.defaultBranch(ref),
    renderer: createRenderer({
      children,
      clock,
      random,
      log,
      cache: sealCache(store.cache, settings.maskKey, random),
      places: rendererPlaces(process.env, {
        platform: process.platform,
        arch: process.arch,
        temporaryFolder: tmpdir(),
      }),
      plugins: settings.plugins,
      chartHosts: settings.chartHosts,
      concurrency: availableParallelism(),
    }),
    policies,
    ledger: createLedger({
      repository: (ref) => repositories.open(ref),
      clock,
      self: { name: self.login, email: `${self.id}+${self.login}@users.noreply.github.com` },
      sign,
      trustedKeys: () => trustedKeys,
      ownKey: publicKeyLine(settings.signingKey),
      remembered: (ref, environment) => readLedgerMark(store, ref, environment),
      staleAfterMs: ledgerStaleAfterMs,
    }),
    metrics: settings.metrics ? createMetrics({ ...settings.metrics, fetch, clock }) : noMetrics,
    openPgp: createGpgv({ children }),
    serve: createServe({
      ...clusters,
      configuration: (ref) => configurationOf(ref),
      streams,
    }),
    words: createWords(assets.templates),
    log,
    self: {
      actor: self,
      url: settings.publicUrl,
      maskKey: settings.maskKey,
      sign,
      verify: (payload, signature) => verifySsh(payload, signature, trustedKeys),
    },
  }
  const ports = foundations.intercept?.(own) ?? own

  const changes = createChanges()
  const configurationOf = async (ref: RepositoryRef) =>
    (await readTip(ports, ref, { fetch: false }))?.configuration
  const enqueue = async (work: Work, delayMs = 0) => store.queue.enqueue(work, clock.now() + delayMs)
  const receiver = createReceiver({
    appId: settings.appId,
    privateKey: settings.privateKey,
    secret: settings.webhookSecrets[0] ?? '',
    log,
    async accept(events) {
      for (const event of events) for (const { work, delayMs } of workFor(event)) await enqueue(work, delayMs)
    },
  })
  const worker = createWorker({
    store,
    clock,
    random,
    log,
    telemetry,
    handlers: createHandlers(ports, changes, onRelease),
    giveUp: (failed, error) => giveUp(ports, failed, error),
    receive: (delivery) => receiver.receive(delivery),
    concurrency: 4,
    name: `worker-${random.uuid()}`,
  })
  const server = createAppServer({
    inbox: createInbox({
      store,
      secrets: settings.webhookSecrets,
      clock,
      onStored: () => undefined,
      log,
      telemetry,
    }),
    agents: createAgentDoor({
      repository: (id) => repositories.all().find((repository) => repository.id === id),
      keys: createAgentKeys(configurationOf, clock),
      async take(agent, report) {
        const { answer, hasNews } = await takeReport({ ...ports, onRelease }, agent, report)
        if (hasNews) changes.announce()
        return answer
      },
      streams,
      clock,
      log,
      telemetry,
    }),
    alerts: createAlertDoor({ tokens: settings.alertTokens ?? [], store, clock, log, telemetry }),
    health: createHealth({ store, clock, lastProgressAt: () => worker.lastProgressAt() }),
    telemetry,
    fallback: createDashboard({
      store,
      clock,
      changes,
      log,
      environments: async (ref) => (await configurationOf(ref))?.environments ?? [],
      access: dashboardAccess(settings, { github, clock, random, fetch }),
      repositories: () => repositories.all(),
      named: (owner, name) => repositories.named(owner, name),
      slos: (repository) => readSloStanding(ports, repository),
      timeline: (repository, environment, application) =>
        readTimeline(ports, repository, environment, application),
      reviewKey: reviewPageKey,
      partKey: reviewPartKey,
    }),
    clock,
    log,
  })
  const committedMark = async (id: string, environment: string) => {
    const repository = repositories.all().find((one) => one.id === id)
    return repository && (await readLedgerMark(store, repository, environment))?.commit
  }
  let url = settings.publicUrl

  return {
    ports,
    worker,
    repositories,
    url: () => url,
    async start() {
      url = (await server.listen(settings.port, settings.host)).url
      for (const repository of await repositories.refresh())
        await enqueue({ kind: 'sweep', repository: toRef(repository) })
      worker.start()
      void followMarks(streams, committedMark, clock, watching.signal)
    },
    async stop() {
      watching.abort()
      streams.close()
      await server.close()
      await worker.stop()
      await clusters.close()
      await Promise.all([repositories.close(), policies.close()])
      await store.close()
    },
  }
}

function toRef({ id, owner, name, installation }: RepositoryRef): RepositoryRef {
  return { id, owner, name, installation }
}
