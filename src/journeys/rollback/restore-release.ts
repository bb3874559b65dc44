import type { RepositoryRef, Revision } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import { entriesByPath, type RepositoryFiles } from '../../domain/repository-files.ts'
import { type OwnPaths, ownPaths } from '../../features/release/own-paths.ts'
import { newProblems } from '../../features/review/decide-review.ts'
import { judgeRestore, nearestRestore, type RestoreVerdict } from '../../features/rollback/judge-restore.ts'
import { type FolderMove, planRestore } from '../../features/rollback/plan-restore.ts'
import type { Ledger, LedgerState } from '../../ports/ledger.ts'
import type { Ports } from '../ports.ts'
import { readConfiguration, type Tip } from '../repository/read-configuration.ts'
import { readScope } from '../repository/read-organisation.ts'
import { loadFiles, renderChange } from '../repository/render-revision.ts'
import { type FilesRestored, restoreFiles } from '../repository/restore-files.ts'

export interface ReleaseToRestore {
  repository: RepositoryRef
  tip: Tip
  bad: Attestation
  good: { state: LedgerState; attestation: Attestation }
}

type RestorePorts = Pick<Ports, 'renderer' | 'organisation' | 'repository' | 'defaultBranch'> & {
  ledger: Pick<Ledger, 'objects'>
}

export interface ReleaseRestored extends FilesRestored {
  verdict: RestoreVerdict
}

/** The files of the release, at one revision. */
interface Side extends OwnPaths {
  files: RepositoryFiles
}

/** A way of restoring: which files, and whether their folder has moved. */
interface Way {
  paths(side: Side): string[]
  move?: FolderMove
}

/**
 * What takes one application in one environment back to its good release on top of the branch: of the ways to restore its
 * files, the one that renders to what was attested then. Undefined: no file of it differs.
 */
export async function restoreRelease(
  ports: RestorePorts,
  request: ReleaseToRestore,
): Promise<ReleaseRestored | undefined> {
  const { tip, bad, good } = request
  const [was, is] = await Promise.all([
    readSide(ports, request, good.attestation.revision),
    readSide(ports, request, bad.revision),
  ])
  const restored: ReleaseRestored[] = []
  for (const { paths, move } of waysOf(was, is)) {
    const goal = planRestore({
      good: { paths: paths(was), entries: entriesByPath(was.files.tree) },
      bad: { paths: paths(is) },
      move,
    })
    const files = await restoreFiles(tip.git, { goal, bad: bad.revision, tip: tip.sha })
    if (Object.keys(files.files).length === 0) continue
    restored.push({ ...files, verdict: await judge(ports, request, files) })
    if (isNearEnough(restored)) break
  }
  return nearestRestore(restored)
}

/** Its own files where they are now, else where they were; then what it shares with others, too. */
function waysOf(was: Side, is: Side): Way[] {
  const own = ({ paths }: Side) => paths
  const [from, to] = [was, is].map(({ sources }) => (sources.length === 1 ? sources[0]?.path : undefined))
  const hasMoved = from !== undefined && to !== undefined && from !== to
  return [
    ...(hasMoved ? [{ paths: own, move: { from, to } }] : []),
    { paths: own },
    { paths: ({ paths, joint }) => [...paths, ...joint] },
  ]
}

function isNearEnough(restored: readonly ReleaseRestored[]): boolean {
  return restored.some(({ verdict }) => verdict.differing.length + verdict.newProblems.length === 0)
}

/** By the configuration of that time; by today's where that knew nothing of the application. */
async function readSide(
  ports: RestorePorts,
  { repository, tip, bad }: ReleaseToRestore,
  revision: Revision,
): Promise<Side> {
  const files = await loadFiles(tip.git, revision)
  const { application, environment } = bad.target
  const scope = await readScope(ports, repository, { fetch: false })
  const then = ownPaths(files, readConfiguration(files, scope).configuration, application, environment)
  const own = then.sources.length > 0 ? then : ownPaths(files, tip.configuration, application, environment)
  return { ...own, files }
}

async function judge(
  ports: RestorePorts,
  { tip, good }: ReleaseToRestore,
  { tree, conflicts }: FilesRestored,
): Promise<RestoreVerdict> {
  const { git, configuration } = tip
  const [base, head] = await Promise.all([loadFiles(git, tip.sha), loadFiles(git, tree)])
  const change = await renderChange(ports.renderer, git, base, head, configuration, configuration, {
    isTrusted: true,
  })
  return judgeRestore({
    good: good.attestation,
    goodObjects: await ports.ledger.objects(good.state, good.attestation.target),
    before: change.base.targets,
    after: change.head.targets,
    newProblems: newProblems(change),
    conflicts,
  })
}
