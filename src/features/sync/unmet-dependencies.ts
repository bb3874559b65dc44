import { type Target, targetKey } from '../../domain/refs.ts'
import type { Attestation, Release } from '../../domain/release.ts'

/** What is known of a target that others depend on. */
export interface DependencyState {
  target: Target
  /** Undefined: nothing is attested for it, or nothing that is trusted. */
  attestation?: Attestation
  /** Undefined: nothing is known of it here. */
  release?: Pick<Release, 'digest' | 'phase'>
}

/** What has to become healthy first, and why it does not count yet. Healthy with what is attested for it now, and with nothing older. */
export function unmetDependencies(states: readonly DependencyState[]): { target: Target; reason: string }[] {
  return states.flatMap((state) => {
    const reason = whyUnmet(state)
    return reason === undefined
      ? []
      : [{ target: state.target, reason: `${targetKey(state.target)}: ${reason}` }]
  })
}

function whyUnmet({ attestation, release }: DependencyState): string | undefined {
  if (attestation === undefined) return 'is not released yet'
  if (release === undefined) return 'nothing is known of it yet'
  if (release.digest !== attestation.digest) return 'its newest release is not applied yet'
  return release.phase === 'healthy' ? undefined : `is ${release.phase}`
}
