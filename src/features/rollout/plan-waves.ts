import type { Environment, FreezeRule } from '../../domain/configuration.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Attestation, Controls, Release, Rollout } from '../../domain/release.ts'
import { evaluateWindows } from '../windows/evaluate-windows.ts'
import { freezesByRule } from '../windows/freezes-by-rule.ts'
import { nextWave } from './next-wave.ts'

export interface WaveFacts {
  environment: Environment
  rollouts: Rollout[]
  attestations: Attestation[]
  controls: Pick<Controls, 'freezes' | 'locks'>
  /** Those of the configuration. */
  freezeRules?: FreezeRule[]
  /** The reconciler's words on the environment's targets. */
  releases: Release[]
}

export interface WavePlan {
  /** As they should stand on the rendered ref afterwards. */
  rollouts: Rollout[]
  /** Clusters whose trees are to be written now. */
  openings: { rollout: Rollout; clusters: string[] }[]
  hasChanges: boolean
  /** When a closed window opens. */
  next?: Instant
}

/** What every roll-out of an environment does now. A wave starts only while its window is open; what runs goes on. */
export function planWaves(facts: WaveFacts, now: Instant): WavePlan {
  const plan: WavePlan = { rollouts: [], openings: [], hasChanges: false }
  for (const rollout of facts.rollouts) {
    const step = planRollout(facts, rollout, now)
    if (step.rollout) plan.rollouts.push(step.rollout)
    if (step.clusters) plan.openings.push({ rollout, clusters: step.clusters })
    if (step.rollout !== rollout) plan.hasChanges = true
    if (step.next !== undefined) plan.next = Math.min(plan.next ?? step.next, step.next)
  }
  return plan
}

/** The roll-out as it goes on (the same object: unchanged; undefined: done), and the clusters it opens. */
function planRollout(
  facts: WaveFacts,
  rollout: Rollout,
  now: Instant,
): { rollout?: Rollout; clusters?: string[]; next?: Instant } {
  const own = facts.attestations.filter(({ target }) => target.application === rollout.application)
  const decision = nextWave(
    rollout,
    facts.releases.filter(({ target }) => target.application === rollout.application),
    new Map(own.map(({ target, digest }) => [target.cluster, digest])),
  )
  switch (decision.kind) {
    case 'wait':
      return { rollout }
    case 'stop':
      return { rollout: rollout.stopped ? rollout : { ...rollout, stopped: decision.reason } }
    case 'finished':
      return {}
    case 'open': {
      const window = windowOf(facts, rollout, own, now)
      if (window.outcome !== 'pass') return { rollout, next: window.until }
      const isLast = decision.reached === rollout.waves.length - 1
      return {
        rollout: isLast ? undefined : { ...rollout, reached: decision.reached },
        clusters: decision.clusters,
      }
    }
  }
}

function windowOf(facts: WaveFacts, rollout: Rollout, own: Attestation[], now: Instant) {
  const attested = own.find(({ revision }) => revision === rollout.revision)
  const kind = attested?.kind
  return evaluateWindows(
    {
      environments: [facts.environment],
      applications: [rollout.application],
      changeClass: kind === 'revert' || kind === 'promotion' ? kind : 'change',
      freezes: [
        ...facts.controls.freezes,
        ...freezesByRule(facts.freezeRules, [facts.environment.name], [rollout.application]),
      ],
      locks: facts.controls.locks,
      requesters: attested?.pull ? [attested.pull.author.id] : [],
    },
    now,
  )
}
