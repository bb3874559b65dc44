import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { readYaml } from '../config/read-yaml.ts'
import { joinPath } from './paths.ts'

/** Where the value of a JSON pointer (`/image/tag`) is written that Helm took: the last values file that has it. */
export function placeOfValue(
  pointer: string,
  source: RenderSource,
  files: RepositoryFiles,
): { path: string; line: number } | undefined {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const own = joinPath(source.path, 'values.yaml')
  const candidates = [...source.valueFiles.toReversed(), ...(own === undefined ? [] : [own])]
  for (const path of candidates) {
    const text = files.text(path)
    if (text === undefined) continue
    const { value, lineOf } = readYaml(text, path)
    if (hasValue(value, keys)) return { path, line: lineOf(keys) }
  }
  return undefined
}

function hasValue(value: unknown, keys: readonly string[]): boolean {
  let at = value
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false
    at = (at as Record<string, unknown>)[key]
  }
  return true
}
