import type { Finding } from '../../domain/finding.ts'
import { objectId, objectKey } from '../../domain/kubernetes-object.ts'
import { targetKey } from '../../domain/refs.ts'
import type { RenderedTarget, RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { sourceLine } from '../rendering/source-line.ts'

/** Nobody reads more annotations, and each costs a look at its files. */
const mostPlaced = 500

/** Findings on the lines that people wrote and that caused them; one whose line cannot be told stays where it is. */
export function placeFindings(
  findings: readonly Finding[],
  rendered: { targets: readonly RenderedTarget[]; sources: readonly RenderSource[] },
  files: RepositoryFiles,
): Finding[] {
  const targets = new Map(rendered.targets.map((target) => [targetKey(target.target), target]))
  return findings.map((finding, at) => {
    const target = targets.get(targetKey(finding.target))
    const object = target?.objects.find((each) => objectKey(objectId(each)) === objectKey(finding.object))
    const source = target && sourceOf(target, rendered.sources)
    if (at >= mostPlaced || !object || !source) return finding
    const { fields = [], message } = finding
    return { ...finding, ...sourceLine({ source, object, fields, message }, files) }
  })
}

function sourceOf(
  { target, source }: RenderedTarget,
  sources: readonly RenderSource[],
): RenderSource | undefined {
  return sources.find(
    ({ path, application, environment }) =>
      path === source && application === target.application && environment === target.environment,
  )
}
