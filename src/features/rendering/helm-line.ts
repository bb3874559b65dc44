import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { valueAt } from './find-fields.ts'
import { fileNameOf, joinPath } from './paths.ts'
import type { RepositoryIndex } from './repository-index.ts'
import { placesOf, type SourcePlace } from './source-document.ts'
import type { Step } from './yaml-places.ts'

/** Where a chart's value was given that is now in an object; else where the chart's only template of that kind begins. */
export function helmLine(
  source: RenderSource,
  object: KubernetesObject,
  steps: readonly Step[] | undefined,
  files: RepositoryFiles,
  index: RepositoryIndex,
): SourcePlace | undefined {
  const given = steps && valueLine(source, valueAt(object, steps), steps.at(-1), files)
  return given ?? templateLine(source.path, object, files, index)
}

/** A value whose key says that it is this one; two that fit as well cannot be told apart. */
function valueLine(
  source: RenderSource,
  value: unknown,
  last: Step | undefined,
  files: RepositoryFiles,
): SourcePlace | undefined {
  if (value === undefined || typeof value === 'object' || typeof last !== 'string') return undefined
  const isWanted = wanted(last, String(value))
  // The last values file has the last word; the chart's own are the first.
  const own = joinPath(source.path, 'values.yaml')
  for (const path of [...source.valueFiles.toReversed(), ...(own === undefined ? [] : [own])]) {
    const [places] = placesOf(path, files)
    const fitting = places?.texts().filter(({ keys, text }) => isWanted(keys, text)) ?? []
    const [only] = fitting
    if (only && fitting.length === 1) return { path, line: only.line }
    if (fitting.length > 1) return undefined
  }
  return undefined
}

function wanted(field: string, value: string): (keys: readonly string[], text: string) => boolean {
  const tag = field === 'image' ? value.slice(value.lastIndexOf('/') + 1).split(/[:@]/, 2)[1] : undefined
  return (keys, text) => {
    const key = keys.at(-1)?.toLowerCase() ?? ''
    if (field === 'image' && tag !== undefined && text === tag) return /^(?:.*tag|version|digest)$/.test(key)
    return text === value && key.startsWith(field.toLowerCase().replace(/s$/, ''))
  }
}

function templateLine(
  chart: string,
  object: KubernetesObject,
  files: RepositoryFiles,
  index: RepositoryIndex,
): SourcePlace | undefined {
  const folder = joinPath(chart, 'templates') ?? chart
  const found = index.under(folder).flatMap(({ path }) => {
    const lines = (files.text(path) ?? '').split('\n')
    return lines.flatMap((line, at) =>
      /^kind:\s*["']?(\w+)/.exec(line)?.[1] === object.kind ? [{ path, line: at + 1 }] : [],
    )
  })
  const named = found.filter(({ path }) => fileNameOf(path).toLowerCase().includes(object.kind.toLowerCase()))
  const choice = found.length === 1 ? found : named
  return choice.length === 1 ? choice[0] : undefined
}
