import type { Attestation } from '../../domain/release.ts'

const folder = 'drawbridge/revert'

/** One for each release of an application in an environment: what is proposed once is not proposed again. */
export function revertBranch(bad: Attestation): string {
  return `${folder}/${releaseName(bad)}`
}

/** Of the release that a branch takes back; undefined: the branch is of something else. */
export function releaseOfBranch(branch: string): string | undefined {
  return branch.startsWith(`${folder}/`) ? branch.slice(folder.length + 1) : undefined
}

/** `prod/checkout-0123456789ab`. */
export function releaseName({ target, revision }: Attestation): string {
  return `${target.environment}/${target.application}-${revision.slice(0, 12)}`
}
