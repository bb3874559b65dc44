import type { AgentPlace, TargetWord } from '../../domain/agent.ts'
import { type RepositoryRef, type Target, targetKey } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import { isServedBy } from '../../features/agents/slice-of.ts'
import type { Store } from '../../ports/store.ts'

/** The state of targets that an agent waits for: of those only that something of its own place depends on, as attested. */
export async function tellElsewhere(
  store: Pick<Store, 'releases'>,
  repository: RepositoryRef,
  place: AgentPlace,
  asked: readonly Target[],
  attestations: readonly Attestation[],
): Promise<TargetWord[]> {
  const own = attestations.filter(({ target }) => isServedBy(place, target))
  const allowed = new Set(own.flatMap(({ dependsOn = [] }) => dependsOn.map(targetKey)))
  const releases = await Promise.all(
    asked
      .filter((target) => allowed.has(targetKey(target)))
      .map((target) => store.releases.get(repository, target)),
  )
  return releases.flatMap((release) =>
    release === undefined ? [] : [{ target: release.target, digest: release.digest, phase: release.phase }],
  )
}
