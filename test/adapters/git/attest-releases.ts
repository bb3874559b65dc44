import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import type { Attestation } from '../../../src/domain/release.ts'
import { toLedgerFiles } from '../../../src/features/attestation/ledger-files.ts'
import { canonicalise, digestOf } from '../../../src/features/rendering/canonical.ts'
import { anAttestation } from '../../builders.ts'
import type { gitSandbox } from './git-sandbox.ts'

export type ReleaseToAttest = Pick<Attestation, 'revision' | 'at'> &
  Partial<Pick<Attestation, 'kind' | 'images'>> & { objects: KubernetesObject[] }

/** The rendered ref of an environment with one commit for each release, as the clone would have fetched it; gives its tip. */
export function attestReleases(
  sandbox: ReturnType<typeof gitSandbox>,
  place: { application: string; environment: string },
  releases: readonly ReleaseToAttest[],
): string {
  sandbox.run(['checkout', '-q', '--orphan', place.environment])
  sandbox.run(['rm', '-rfq', '.'])
  for (const { objects: rendered, ...release } of releases) {
    const { objects } = canonicalise(rendered)
    const target = { ...place, cluster: place.environment }
    const attestation = anAttestation({ target, digest: digestOf(objects), images: {}, ...release })
    const files = Object.entries(toLedgerFiles({ releases: [{ attestation, objects }], removed: [] }))
    // A folder that is cleared first is none to delete here.
    sandbox.commit(Object.fromEntries(files.filter(([, text]) => text !== null)))
  }
  const tip = sandbox.run(['rev-parse', 'HEAD'])
  sandbox.run(['update-ref', `refs/remotes/origin/drawbridge/rendered/${place.environment}`, tip])
  return tip
}
