import type { Action } from '../../domain/action.ts'
import type { RepositoryRef } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import type { Ports } from '../ports.ts'
import { releaseName } from './revert-branch.ts'

/** Pictures of reverts; on a branch of their own, so that whoever may read the repository sees them, and nobody else. */
export const plotBranch = 'drawbridge/plots'

/**
 * What puts the picture of a release's breach on its branch, and the address under which GitHub shows it in a body. The address
 * is known beforehand: it names the release. Undefined: the release came without a pull request, so nobody knows the host.
 */
export async function keepPlot(
  ports: Ports,
  request: { repository: RepositoryRef; bad: Attestation; svg: string },
): Promise<{ action: Action; url: string } | undefined> {
  const { repository, bad, svg } = request
  const pull = bad.pull && (await ports.github.pull({ repository, number: bad.pull.number }))
  if (!pull) return undefined
  const path = `${releaseName(bad)}.svg`
  const web = pull.url.replace(/\/pull\/\d+$/, '')
  return {
    action: { kind: 'keep-plot', repository, path, svg },
    url: `${web}/raw/refs/heads/${plotBranch}/${path.split('/').map(encodeURIComponent).join('/')}`,
  }
}
