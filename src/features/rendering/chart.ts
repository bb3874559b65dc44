import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { readDocuments } from './read-documents.ts'

/** What discovery and rendering need of a Chart.yaml. */
export interface Chart {
  path: string
  folder: string
  name: string
  isLibrary: boolean
  /** `version` is one version or a range of them. */
  dependencies: { name: string; repository: string; version: string; line: number }[]
}

/** The files that say what a chart is; of apiVersion v1 the second lists its dependencies. */
export const chartNames = ['Chart.yaml', 'requirements.yaml'] as const

/** The chart in a folder; undefined where there is none or its Chart.yaml cannot be read. */
export function readChart(folder: string, files: RepositoryFiles): Chart | undefined {
  const at = (name: string) => (folder === '.' ? name : `${folder}/${name}`)
  const path = at('Chart.yaml')
  const text = files.text(path)
  if (text === undefined) return undefined
  const chart = mappingIn(text, path)
  if (!chart) return undefined
  const requirements = files.text(at('requirements.yaml'))
  const legacy = requirements === undefined ? undefined : mappingIn(requirements, at('requirements.yaml'))
  const lines = text.split('\n')
  return {
    path,
    folder,
    name: typeof chart.name === 'string' ? chart.name : '',
    isLibrary: chart.type === 'library',
    dependencies: [chart.dependencies, legacy?.dependencies]
      .flatMap((list): unknown[] => (Array.isArray(list) ? list : []))
      .filter(isMapping)
      .map((dependency) => ({
        name: typeof dependency.name === 'string' ? dependency.name : '',
        repository: typeof dependency.repository === 'string' ? dependency.repository : '',
        version: typeof dependency.version === 'string' ? dependency.version : '',
        line: Math.max(lines.findIndex((line) => line.includes(`name: ${String(dependency.name)}`)) + 1, 1),
      })),
  }
}

function mappingIn(text: string, path: string): Record<string, unknown> | undefined {
  const first = readDocuments(text, path)[0]
  return first?.kind === 'data' && isMapping(first.data) ? first.data : undefined
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
