import type { ChangeClass, Environment, FreezeRule } from '../../domain/configuration.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Attestation, Controls, Release, Rollout } from '../../domain/release.ts'
import type { Verdict } from '../../domain/verdict.ts'
import { applyOverrides } from '../review/apply-overrides.ts'
import { evaluateWindows } from '../windows/evaluate-windows.ts'
import { freezesByRule } from '../windows/freezes-by-rule.ts'
import { nextWave } from './next-wave.ts'

export interface WaveFacts {
  environment: Environment
  rollouts: Rollout[]
  attestations: Attestation[]
  controls: Pick<Controls, 'freezes' | 'locks' | 'hotfixes' | 'overrides'>
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
      if (window?.outcome !== 'pass') return { rollout, next: window?.until }
      const isLast = decision.reached === rollout.waves.length - 1
      return {
        rollout: isLast ? undefined : { ...rollout, reached: decision.reached },
        clusters: decision.clusters,
      }
    }
  }
}

/** A hotfix and an override let a wave start as they let the merge, and as long. */
function windowOf(facts: WaveFacts, rollout: Rollout, own: Attestation[], now: Instant): Verdict | undefined {
  const attested = own.find(({ revision }) => revision === rollout.revision)
  const window = evaluateWindows(
    {
      environments: [facts.environment],
      applications: [rollout.application],
      ...classOf(facts, rollout, attested?.kind, now),
      freezes: [
        ...facts.controls.freezes,
        ...freezesByRule(facts.freezeRules, [facts.environment.name], [rollout.application]),
      ],
      locks: facts.controls.locks,
      requesters: attested?.pull ? [attested.pull.author.id] : [],
    },
    now,
  )
  const { pull, head } = rollout
  if (pull === undefined || head === undefined) return window
  return applyOverrides([window], facts.controls.overrides, { pull, head }, now)[0]
}

function classOf(
  { controls }: WaveFacts,
  { pull, head }: Rollout,
  kind: Attestation['kind'] | undefined,
  now: Instant,
): { changeClass: ChangeClass; classUntil?: Instant } {
  if (kind === 'revert' || kind === 'promotion') return { changeClass: kind }
  const hotfix = controls.hotfixes.find(
    (entry) => entry.pull === pull && entry.head === head && entry.at <= now && now < entry.until,
  )
  return hotfix ? { changeClass: 'hotfix', classUntil: hotfix.until } : { changeClass: 'change' }
}
