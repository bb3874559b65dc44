import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { RepositoryRef, Target } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import {
  type Culprit,
  findDivergence,
  type ReleasedObjects,
} from '../../features/promotion/find-divergence.ts'
import {
  type CulpritEdit,
  culpritsShown,
  showDivergence,
  type ShownDivergences,
} from '../../features/promotion/show-divergence.ts'
import { sinceLastSame } from '../../features/promotion/since-last-same.ts'
import { ownPaths } from '../../features/release/own-paths.ts'
import type { LedgerState } from '../../ports/ledger.ts'
import { laterEdits } from '../repository/later-edits.ts'
import { releasesOn } from '../repository/releases-on.ts'
import { loadFiles, renderRevision } from '../repository/render-revision.ts'
import type { PromotionPart, PromotionPorts } from './settle-promotion.ts'
import type { Tip } from '../repository/read-configuration.ts'

/** How the two environments of a promotion differ beyond it, and who made that so. Nothing is said where it does not render. */
export async function gatherDivergence(
  ports: PromotionPorts,
  { repository, tip, to }: { repository: RepositoryRef; tip: Tip; to: string },
  { application, source, files }: PromotionPart,
  maskKey: string,
): Promise<ShownDivergences> {
  const base = await tip.git.commit(tip.sha)
  const tree = await tip.git.writeTree(base.tree, files)
  const target = { application, environment: to }
  const [merged, promoted] = [
    await renderOf(ports, tip, tip.sha, target),
    await renderOf(ports, tip, tree, target),
  ]
  if (!merged || !promoted) return {}
  const history = await releasesOn(ports, repository, source.target)
  const from = history.findIndex(({ attestation }) => attestation.revision === source.revision)
  const since = sinceLastSame(
    changed(history.slice(Math.max(0, from))),
    changed(await releasesOn(ports, repository, merged.target)),
  )
  const divergences = findDivergence(
    {
      since: {
        source: await withObjects(ports, since.source),
        target: await withObjects(ports, since.target),
      },
      merged: merged.objects,
      promoted: promoted.objects,
    },
    { maskKey, sensitive: tip.configuration.diff?.mask },
  )
  const edits = new Map<string, CulpritEdit>()
  for (const culprit of culpritsShown(divergences)) {
    const edit = await findEdit(tip, culprit)
    if (edit) edits.set(culprit.attestation.revision, edit)
  }
  return showDivergence(divergences, { source: source.target.environment, target: to }, edits)
}

async function renderOf(
  { renderer }: PromotionPorts,
  { git, configuration }: Tip,
  treeish: string,
  target: Pick<Target, 'application' | 'environment'>,
): Promise<{ target: Target; objects: KubernetesObject[] } | undefined> {
  const { targets } = await renderRevision(renderer, git, await loadFiles(git, treeish), configuration, {
    isTrusted: true,
    only: ({ application, environment }) =>
      application === target.application && environment === target.environment,
  })
  return targets[0]
}

interface Step {
  state: LedgerState
  attestation: Attestation
}

/** Each release as it first stood; those that changed nothing there are none. */
function changed(steps: readonly Step[]): Step[] {
  return steps.filter(({ attestation }, index) => attestation.digest !== steps[index + 1]?.attestation.digest)
}

async function withObjects(
  { ledger }: Pick<PromotionPorts, 'ledger'>,
  steps: readonly Step[],
): Promise<ReleasedObjects[]> {
  const found: ReleasedObjects[] = []
  for (const { state, attestation } of steps)
    found.push({ attestation, objects: await ledger.objects(state, attestation.target) })
  return found
}

/** The last commit between two releases that touched what the application renders from there. */
async function findEdit(
  { git, configuration }: Tip,
  { attestation, before }: Culprit,
): Promise<CulpritEdit | undefined> {
  const { target, revision } = attestation
  const files = await loadFiles(git, revision)
  const { paths, joint } = ownPaths(files, configuration, target.application, target.environment)
  const [edit] = await laterEdits(git, before.revision, revision, [...paths, ...joint])
  return edit && { commit: edit.commit, author: edit.by, files: edit.paths }
}
