import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { type YamlPlaces, yamlPlaces } from './yaml-places.ts'

export interface SourcePlace {
  path: string
  line: number
}

/** A document that people wrote and that may have had a part in an object. */
export interface SourceDocument {
  path: string
  places: YamlPlaces
  /** It only changes what another one defines. */
  isPatch: boolean
}

// The same files always have the same places, so remembering them changes no answer.
const known = new WeakMap<RepositoryFiles, Map<string, YamlPlaces[]>>()

/** The documents of a file; none where there is no such file, or no YAML in it. */
export function placesOf(path: string, files: RepositoryFiles): YamlPlaces[] {
  const ofFiles = known.get(files) ?? new Map<string, YamlPlaces[]>()
  known.set(files, ofFiles)
  const places = ofFiles.get(path) ?? yamlPlaces(files.text(path) ?? '')
  ofFiles.set(path, places)
  return places
}

export function documentsIn(path: string, files: RepositoryFiles, isPatch = false): SourceDocument[] {
  return placesOf(path, files).map((places) => ({ path, places, isPatch }))
}

/** `shop-checkout-blue` is `checkout` with a prefix and a suffix. */
export function isAffixed(rendered: string, written: string): boolean {
  const at = rendered.indexOf(written)
  if (at < 0) return false
  const [before, after] = [rendered.slice(0, at), rendered.slice(at + written.length)]
  return (before === '' || before.endsWith('-')) && (after === '' || after.startsWith('-'))
}
