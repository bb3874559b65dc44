import type { Problem } from '../../domain/problem.ts'
import type { Slo } from '../../domain/slo.ts'
import { parseOpenSlo } from '../slo/parse-open-slo.ts'
import type { ConfigurationDocument } from './configuration-schema.ts'

/** The SLOs of the OpenSLO files that a configuration names; a file that is not there is a problem of `path`. */
export function readSloFiles(
  { sloFiles, environments }: ConfigurationDocument,
  path: string,
  textOf: (path: string) => string | undefined,
): { slos: Slo[]; problems: Problem[] } {
  const names = Array.isArray(sloFiles) ? sloFiles.filter((name) => typeof name === 'string') : []
  // Only such files are read, so that a path in the configuration opens no other.
  const read = names.map((name) => [name, /\.ya?ml$/.test(name) ? textOf(name) : undefined] as const)
  const missing = read.flatMap(([name, text]): Problem[] =>
    text === undefined
      ? [
          {
            code: 'slo-file',
            path,
            line: 0,
            message: `sloFiles: there is no file ${name}`,
            fix: 'name an OpenSLO file of this repository that ends in .yaml',
          },
        ]
      : [],
  )
  const texts = new Map(read.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])))
  const { slos, problems } = parseOpenSlo(texts, Object.keys(environments ?? {}))
  return { slos, problems: [...missing, ...problems] }
}
