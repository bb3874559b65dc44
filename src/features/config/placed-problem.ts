import { formatPath, type YamlPath } from './read-yaml.ts'

/** A problem together with the place in the document that it spoils. */
export interface PlacedProblem {
  at: YamlPath
  /** Where to point; `at` unless a key inside it is meant. */
  pointAt?: YamlPath
  code: string
  message: string
  fix: string
}

/** A rule that is broken at a place, in a sentence that begins with the place and ends with the way out. */
export function problemAt(at: YamlPath, code: string, sentence: string, fix: string): PlacedProblem {
  return { at, code: `configuration-${code}`, message: `${formatPath(at)}: ${sentence}; ${fix}`, fix }
}
