import type { RepositoryRef, Sha } from '../../domain/refs.ts'
import { hashOf } from '../../features/drift/fingerprint.ts'
import { describeNarrowing, type Running } from '../../features/tenancy/describe-narrowing.ts'
import type { GitRepository } from '../../ports/git.ts'
import type { Ports } from '../ports.ts'
import { readConfiguration } from '../repository/read-configuration.ts'
import { readScope } from '../repository/read-organisation.ts'
import { loadFiles } from '../repository/render-revision.ts'

/** What runs and would be beyond the limits of its tenant once `after` is what `before` is now; nothing is read where no limit differs. */
export async function readNarrowing(
  ports: Pick<Ports, 'ledger'> & Parameters<typeof readScope>[0],
  git: GitRepository,
  repository: RepositoryRef,
  { before, after }: { before: Sha; after: Sha },
): Promise<string[]> {
  const scope = await readScope(ports, repository, { fetch: false })
  const configurationOf = async (sha: Sha) =>
    readConfiguration(await loadFiles(git, sha), scope).configuration
  const [now, later] = [await configurationOf(before), await configurationOf(after)]
  if (hashOf(now.tenants ?? []) === hashOf(later.tenants ?? [])) return []
  const running: Running[] = []
  for (const { name } of now.environments) {
    const state = await ports.ledger.read(repository, name)
    if (state?.trust !== 'trusted') continue
    for (const { target } of state.attestations)
      running.push({ target, objects: await ports.ledger.objects(state, target) })
  }
  return describeNarrowing(running, now, later)
}
