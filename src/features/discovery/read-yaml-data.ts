import { readDocuments } from '../rendering/read-documents.ts'
import { Undetermined } from './undetermined.ts'

/** The first document of YAML or JSON text as data (`where` names it for people); undefined for none. Throws Undetermined where it cannot be read. */
export function readYamlData(text: string, where: string): unknown {
  const first = readDocuments(text, '')[0]
  if (first === undefined) return undefined
  if (first.kind === 'data') return first.data
  const problem = first.kind === 'broken' ? first.problems[0]?.message : undefined
  throw new Undetermined(`${where}: ${problem ?? 'there is a template where YAML was expected'}`)
}
