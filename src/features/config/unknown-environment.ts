import { quote } from './check-shape.ts'
import { nearestWord } from './nearest-word.ts'
import { type PlacedProblem, problemAt as problem } from './placed-problem.ts'
import type { YamlPath } from './read-yaml.ts'

/** The problem of a name that no environment has: written wrong, or removed while something still waits for it. */
export function unknownEnvironment(at: YamlPath, name: string, known: readonly string[]): PlacedProblem {
  const meant = nearestWord(name, known)
  const fix =
    meant === undefined ? `the environments are ${known.join(', ') || 'none'}` : `did you mean ${meant}?`
  return problem(at, 'reference', `there is no environment ${quote(name)}`, fix)
}
