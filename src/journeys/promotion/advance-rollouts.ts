import type { Action, LedgerChange } from '../../domain/action.ts'
import type { Configuration } from '../../domain/configuration.ts'
import { type RepositoryRef, type Target, targetKey } from '../../domain/refs.ts'
import type { Release, Rollout } from '../../domain/release.ts'
import { imageVersions } from '../../features/promotion/image-versions.ts'
import { planWaves } from '../../features/rollout/plan-waves.ts'
import type { LedgerState } from '../../ports/ledger.ts'
import { perform } from '../perform/perform.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { readTip } from '../repository/read-configuration.ts'
import { loadFiles, renderRevision } from '../repository/render-revision.ts'

/**
 * The rendered ref of an environment is looked at: targets that do not run what it says are reconciled, and the next wave of
 * a roll-out is committed when the one before it is healthy everywhere.
 */
export async function advanceRollouts(
  ports: Ports,
  repository: RepositoryRef,
  environmentName: string,
  signal?: AbortSignal,
): Promise<JourneyOutcome> {
  const state = await ports.ledger.read(repository, environmentName)
  if (state?.trust !== 'trusted') return { outcome: 'nothing-to-trust', actions: 0 }
  const releases = (await ports.store.releases.list(repository)).map(({ release }) => release)
  await perform(ports, catchUp(ports, state, releases))
  if (state.rollouts.length === 0) return { outcome: 'nothing-under-way', actions: 0 }
  const tip = await readTip(ports, repository, { fetch: false })
  const environment = tip?.configuration.environments.find(({ name }) => name === environmentName)
  if (!tip || !environment) return { outcome: 'unknown-environment', actions: 0 }

  const plan = planWaves(
    {
      environment,
      rollouts: state.rollouts,
      attestations: state.attestations,
      controls: state.controls,
      freezeRules: tip.configuration.freezes,
      releases: releases.filter(({ target }) => target.environment === environmentName),
    },
    ports.clock.now(),
  )
  if (!plan.hasChanges) return { outcome: 'waiting', actions: 0, next: plan.next }
  const opened: LedgerChange['releases'] = []
  for (const { rollout, clusters } of plan.openings) {
    opened.push(...(await renderWave(ports, state, tip.configuration, rollout, clusters, signal)))
  }
  const change = { releases: opened, removed: [], rollouts: plan.rollouts }
  return {
    outcome: 'advanced',
    actions: await perform(ports, waveActions(ports, state, change)),
    next: plan.next,
  }
}

/** Targets whose reconciler has not yet spoken of what is attested: its hint may have been lost. */
function catchUp(ports: Ports, state: LedgerState, releases: readonly Release[]): Action[] {
  const heard = new Set(releases.map(({ target, digest }) => `${targetKey(target)} ${digest}`))
  return state.attestations
    .filter(({ target, digest }) => !heard.has(`${targetKey(target)} ${digest}`))
    .map(({ target }) => ({
      kind: 'enqueue',
      work: { kind: 'reconcile-target', repository: state.repository, target },
      due: ports.clock.now(),
    }))
}

/** Renders the roll-out's revision for the clusters of the wave; each inherits the statement of the first wave. */
async function renderWave(
  ports: Ports,
  state: LedgerState,
  configuration: Configuration,
  rollout: Rollout,
  clusters: string[],
  signal: AbortSignal | undefined,
): Promise<LedgerChange['releases']> {
  const first = state.attestations.find(
    ({ target, revision }) => target.application === rollout.application && revision === rollout.revision,
  )
  if (!first) {
    ports.log.warn({ rollout }, 'no attestation of the revision is left: the wave is not opened')
    return []
  }
  const git = await ports.repository(state.repository)
  const rendering = await renderRevision(
    ports.renderer,
    git,
    await loadFiles(git, rollout.revision),
    configuration,
    {
      isTrusted: true,
      only: (source) =>
        source.application === rollout.application && source.environment === state.environment,
      signal,
    },
  )
  return rendering.targets
    .filter(({ target }) => clusters.includes(target.cluster))
    .map(({ target, source, digest, objects, dependsOn, conflicts }) => ({
      attestation: {
        ...first,
        dependsOn,
        conflicts,
        target,
        source,
        digest,
        images: imageVersions(objects),
        at: ports.clock.now(),
      },
      objects,
    }))
}

function waveActions(ports: Ports, state: LedgerState, change: LedgerChange): Action[] {
  const { repository, environment } = state
  const due = ports.clock.now()
  const targets = change.releases.map(({ attestation }) => attestation.target)
  const pulls = new Set(state.rollouts.flatMap(({ pull }) => pull ?? []))
  return [
    {
      kind: 'commit-ledger',
      repository,
      environment,
      expected: state.commit,
      change,
      message: waveMessage(environment, targets),
    },
    ...targets.map((target): Action => ({
      kind: 'enqueue',
      work: { kind: 'reconcile-target', repository, target },
      due,
    })),
    ...[...pulls].map((number): Action => ({
      kind: 'enqueue',
      work: { kind: 'review-pull', pull: { repository, number } },
      due,
    })),
  ]
}

function waveMessage(environment: string, targets: Target[]): string {
  if (targets.length === 0) return `settle roll-outs in ${environment}`
  return `open the next wave in ${environment}: ${targets.map(({ cluster, application }) => `${application} on ${cluster}`).join(', ')}`
}
