import type { Problem } from '../../domain/problem.ts'
import { parseExactJson } from './exact-integers.ts'
import { objectsIn, type ReadObject } from './read-manifests.ts'

/** The objects in what Jsonnet prints: one, a list of them, or any nesting of mappings and lists around them. */
export function readJsonnetOutput(
  text: string,
  path: string,
): { objects: ReadObject[]; problems: Problem[] } {
  const parts = manifestsIn(parseExactJson(text)).map((each) => objectsIn(each, path, 0))
  return {
    objects: parts.flatMap((part) => part.objects.map((object) => ({ object, line: 0 }))),
    problems: parts.flatMap((part) => part.problems),
  }
}

function manifestsIn(data: unknown): unknown[] {
  if (data === null) return []
  if (Array.isArray(data)) return data.flatMap(manifestsIn)
  if (typeof data !== 'object' || 'apiVersion' in data || 'kind' in data) return [data]
  return Object.values(data).flatMap(manifestsIn)
}
