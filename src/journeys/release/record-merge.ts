import type { Action, LedgerChange } from '../../domain/action.ts'
import type { Configuration, Environment } from '../../domain/configuration.ts'
import type { ReconcileSettings } from '../../domain/reconcile-settings.ts'
import { type RepositoryRef, type Sha, type Target, targetKey } from '../../domain/refs.ts'
import { remember } from '../../domain/remember.ts'
import { toReconcileSettings } from '../../features/config/to-reconcile-settings.ts'
import { hashOf } from '../../features/drift/fingerprint.ts'
import { overriddenGates } from '../../features/review/overridden-verdicts.ts'
import { type JudgedCommit } from '../../features/release/judged-commit.ts'
import { planBaseline, planReleases, type Refusal } from '../../features/release/plan-releases.ts'
import { type Stop, stopByHistory, stopByLedger } from '../../features/release/stop-environment.ts'
import { holdsOfPromotions } from '../../features/promotion/holds-of-promotions.ts'
import { pinsOfReverts } from '../../features/rollback/pins-of-reverts.ts'
import type { GitCommit, GitRepository } from '../../ports/git.ts'
import type { LedgerState } from '../../ports/ledger.ts'
import { readConfiguration } from '../repository/read-configuration.ts'
import { readScope } from '../repository/read-organisation.ts'
import { perform } from '../perform/perform.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { loadFiles, renderRevision } from '../repository/render-revision.ts'
import { reportRefusal } from './report-refusal.ts'
import { reportStops } from './report-stops.ts'
import { judgeCommit } from './judge-commit.ts'

/** Commits looked at in one go; a longer absence takes several runs. */
const commitsPerRun = 500

/** After so many commits that release nothing, the place reached is written down, so that they need not be judged again. */
const commitsUnwritten = 100

/**
 * The base branch moved: every new commit is judged again on what it renders, and what may run is committed, signed, to the
 * rendered ref of each environment. A commit that did not come through an open gate is not released, and is reported.
 */
export async function recordMerge(
  ports: Ports,
  repository: RepositoryRef,
  signal?: AbortSignal,
): Promise<JourneyOutcome> {
  const git = await ports.repository(repository)
  await git.fetch()
  const branch = await ports.defaultBranch(repository)
  const tip = await git.resolve(`refs/heads/${branch}`)
  if (!tip) return { outcome: 'empty-repository', actions: 0 }
  const files = await loadFiles(git, tip)
  const scope = await readScope(ports, repository, { fetch: true })
  const { configuration, problems } = readConfiguration(files, scope)
  if (!configuration.isConfigured) return { outcome: 'not-configured', actions: 0 }

  // One commit is judged once for all environments.
  const judged = new Map<Sha, Promise<JudgedCommit>>()
  const judge = (commit: GitCommit) =>
    remember(judged, commit.sha, () => judgeCommit({ ports, repository, git, scope, signal }, commit))
  let actions = 0
  const refusals: Refusal[] = []
  const stops: Stop[] = []
  for (const environment of configuration.environments) {
    const state = await ports.ledger.read(repository, environment.name)
    // Settings that cannot be read leave those that hold as they are.
    const settings = problems.length === 0 ? toReconcileSettings(configuration, environment) : undefined
    const step = { ports, repository, git, branch, tip, environment, settings }
    const result = state
      ? await recordEnvironment({ ...step, state, judge })
      : await adoptBaseline({ ...step, configuration, signal })
    actions += await perform(ports, result.actions)
    refusals.push(...result.refusals)
    if (result.stop) stops.push(result.stop)
  }
  actions += await reportStops(ports, repository, tip, stops)
  for (const refusal of mergeRefusals(refusals))
    actions += await reportRefusal(ports, repository, branch, tip, refusal)
  return { outcome: actions > 0 ? 'recorded' : 'unchanged', actions }
}

interface EnvironmentStep {
  ports: Ports
  repository: RepositoryRef
  git: GitRepository
  branch: string
  tip: Sha
  environment: Environment
  /** As the configuration says now; undefined where it has problems. */
  settings: ReconcileSettings | undefined
}

interface EnvironmentResult {
  actions: Action[]
  refusals: Refusal[]
  stop?: Stop
}

async function adoptBaseline(
  step: EnvironmentStep & { configuration: Configuration; signal?: AbortSignal },
): Promise<EnvironmentResult> {
  const { ports, repository, git, branch, tip, environment, configuration, settings, signal } = step
  const rendering = await renderRevision(ports.renderer, git, await loadFiles(git, tip), configuration, {
    isTrusted: true,
    only: (source) => source.environment === environment.name,
    signal,
  })
  const change = planBaseline(rendering.targets, configuration, { branch, revision: tip }, ports.clock.now())
  const message = `adopt ${environment.name} as found at ${tip.slice(0, 7)}`
  return {
    actions: [
      {
        kind: 'commit-ledger',
        repository,
        environment: environment.name,
        expected: undefined,
        change: { ...change, ...(settings && hasAny(settings) && { settings }) },
        message,
      },
      ...reconcileActions(
        step,
        change.releases.map(({ attestation }) => attestation.target),
      ),
    ],
    refusals: [],
  }
}

async function recordEnvironment(
  step: EnvironmentStep & { state: LedgerState; judge: (commit: GitCommit) => Promise<JudgedCommit> },
): Promise<EnvironmentResult> {
  const { ports, repository, git, branch, tip, environment, settings, state, judge } = step
  const stop = stopByLedger(state)
  if (stop) return { actions: [], refusals: [], stop }
  if (state.isByFormerKey) return { actions: [signAnew(step, state)], refusals: [] }
  const news = newSettings(settings, state)
  const since = state.seen?.revision
  if (since === tip) return { actions: news ? tellSettings(step, state, news) : [], refusals: [] }
  if (since && !(await git.isAncestor(since, tip)))
    return { actions: [], refusals: [], stop: stopByHistory(environment.name, branch, since, tip) }
  const commits: JudgedCommit[] = []
  for (const commit of await git.firstParentLog(since, tip, commitsPerRun)) commits.push(await judge(commit))

  const revision = commits.at(-1)?.sha ?? tip
  const plan = planReleases(
    {
      environment,
      attested: state.attestations,
      rollouts: state.rollouts,
      commits,
      seen: { branch, revision },
    },
    ports.clock.now(),
  )
  const { releases, removed } = plan.change
  const pins = pinsOfReverts(
    {
      attested: state.attestations,
      pins: state.controls.pins,
      releases: releases.map(({ attestation }) => attestation),
      commits,
    },
    ports.clock.now(),
  )
  const holds = holdsOfPromotions(
    { holds: state.controls.holds, releases: releases.map(({ attestation }) => attestation), commits },
    ports.clock.now(),
  )
  const isFarBehind = commits.length >= commitsUnwritten && plan.refusals.length === 0
  if (releases.length + removed.length === 0 && !isFarBehind)
    return { actions: news ? tellSettings(step, state, news) : [], refusals: plan.refusals }
  const targets = [
    ...releases.map(({ attestation }) => attestation.target),
    ...removed.map((entry) => ({ ...entry, environment: environment.name })),
  ]
  return {
    actions: [
      {
        kind: 'commit-ledger',
        repository,
        environment: environment.name,
        expected: state.commit,
        // A refused commit stays in view: the next look judges it again together with what followed.
        change: {
          ...plan.change,
          ...(plan.refusals.length > 0 && { seen: state.seen }),
          ...(news && { settings: news }),
          ...(pins.length + holds.length > 0 && {
            controls: {
              ...state.controls,
              pins: [...state.controls.pins, ...pins],
              holds: [...state.controls.holds, ...holds],
            },
          }),
        },
        message: releaseMessage(environment, commits, targets),
      },
      ...reconcileActions(step, news ? [...targets, ...otherTargets(state, targets)] : targets),
      ...followUps(step, commits, releases),
      ...commits.flatMap(({ pull }): Action[] =>
        pull
          ? [{ kind: 'enqueue', work: { kind: 'review-pull', pull: pull.ref }, due: ports.clock.now() }]
          : [],
      ),
    ],
    refusals: plan.refusals,
  }
}

/** What the rendered ref does not say yet; undefined where nothing is new. */
function newSettings(
  settings: ReconcileSettings | undefined,
  state: LedgerState,
): ReconcileSettings | undefined {
  const isSame = settings === undefined || hashOf(settings) === hashOf(state.settings ?? {})
  return isSame ? undefined : settings
}

function hasAny(settings: ReconcileSettings): boolean {
  return Object.keys(settings).length > 0
}

/** A commit of its own: every target of the environment is looked at by the new settings. */
function tellSettings(step: EnvironmentStep, state: LedgerState, settings: ReconcileSettings): Action[] {
  const { repository, environment } = step
  return [
    {
      kind: 'commit-ledger',
      repository,
      environment: environment.name,
      expected: state.commit,
      change: { releases: [], removed: [], settings },
      message: `take over the settings of ${environment.name}`,
    },
    ...reconcileActions(step, otherTargets(state, [])),
  ]
}

function otherTargets(state: LedgerState, targets: readonly Target[]): Target[] {
  const known = new Set(targets.map(targetKey))
  return state.attestations.map(({ target }) => target).filter((target) => !known.has(targetKey(target)))
}

/** Says nothing new, but by the present key: then the former one can be taken out. The next look goes on. */
function signAnew({ repository, environment }: EnvironmentStep, { commit }: LedgerState): Action {
  return {
    kind: 'commit-ledger',
    repository,
    environment: environment.name,
    expected: commit,
    change: { releases: [], removed: [] },
    message: `sign ${environment.name} anew with the present key`,
  }
}

/** What was released past a gate is to be talked about afterwards: an issue for each commit, where we may open one. */
function followUps(
  { ports, repository, environment }: EnvironmentStep,
  commits: JudgedCommit[],
  releases: LedgerChange['releases'],
): Action[] {
  const released = new Set(releases.map(({ attestation }) => attestation.revision))
  return commits.flatMap(({ sha, pull, verdicts }): Action[] => {
    const gates = overriddenGates(verdicts)
    if (!pull || gates.length === 0 || !released.has(sha)) return []
    const view = {
      pull: pull.ref.number,
      link: { url: pull.url },
      title: pull.title,
      environment: environment.name,
      revision: sha,
      gates,
    }
    return [
      {
        kind: 'open-issue',
        repository,
        marker: `override-${sha.slice(0, 12)}`,
        title: `Follow up: pull request ${view.pull} was released past ${gates.map(({ gate }) => gate).join(', ')}`,
        body: ports.words.write('notice/override-issue', view),
      },
    ]
  })
}

function releaseMessage(environment: Environment, commits: JudgedCommit[], targets: Target[]): string {
  const applications = [...new Set(targets.map(({ application }) => application))].join(', ')
  const pulls = commits.flatMap(({ pull }) => (pull ? [`#${pull.ref.number}`] : []))
  return `release ${applications} to ${environment.name}${pulls.length > 0 ? ` (${pulls.join(', ')})` : ''}`
}

function reconcileActions(step: EnvironmentStep, targets: Target[]): Action[] {
  const { ports, repository } = step
  return targets.map((target) => ({
    kind: 'enqueue',
    work: { kind: 'reconcile-target', repository, target },
    due: ports.clock.now(),
  }))
}

/** One report per commit, over all environments it was refused for. */
function mergeRefusals(refusals: readonly Refusal[]): Refusal[] {
  const byCommit = Map.groupBy(refusals, ({ commit }) => commit.sha)
  return [...byCommit.values()].flatMap((group) => {
    const first = group[0]
    return first ? [{ ...first, targets: group.flatMap(({ targets }) => targets) }] : []
  })
}
