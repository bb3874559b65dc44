import { readDocuments } from './read-documents.ts'
import type { Problem } from '../../domain/problem.ts'
import { folderOf, joinPath } from './paths.ts'

/** The names kustomize looks for, in its order. Source: kustomize api/konfig, RecognizedKustomizationFileNames. */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const

/** Something a kustomization file names: a file, a folder or an address. */
export interface Reference {
  text: string
  /** Where it leads from the kustomization's folder; undefined where that is out of the repository. */
  path: string | undefined
  /** Line of the file on which it is written; 1 where it could not be found. */
  line: number
  /**
   * `root`: a file or another kustomization's folder. `file`: only a file. `plugin`: a file or folder with the
   * configuration of a generator, transformer or validator.
   */
  as: 'root' | 'file' | 'plugin'
  field: string
}

export interface Kustomization {
  /** Path of the file. */
  path: string
  folder: string
  isComponent: boolean
  references: Reference[]
  /** Charts to inflate, which the kustomize in kubectl does only with a flag that we do not set. */
  helmCharts: { name: string; line: number; settings: Record<string, unknown> }[]
  /** Where local charts are looked for, from the kustomization's folder. */
  chartHome: string
  /** Read only where charts are inflated. */
  namespace?: string
  /** What cannot be read of it. */
  problems: Problem[]
}

/**
 * Undefined where the file is no kustomization (a Flux object of the same name, say). `original` is the text that people see,
 * in which lines are counted, where `text` is an edited one.
 */
export function readKustomization(
  path: string,
  text: string | undefined,
  original = text,
): Kustomization | undefined {
  const empty = {
    path,
    folder: folderOf(path),
    isComponent: false,
    references: [],
    helmCharts: [],
    chartHome: 'charts',
  }
  if (text === undefined) return { ...empty, problems: [] }
  const documents = readDocuments(text, path)
  const first = documents[0]
  if (first === undefined) return { ...empty, problems: [] }
  if (first.kind !== 'data') return { ...empty, problems: first.kind === 'broken' ? first.problems : [] }
  if (!isMapping(first.data)) return { ...empty, problems: [] }
  const data = first.data
  if (typeof data.apiVersion === 'string' && data.apiVersion.startsWith('kustomize.toolkit.fluxcd.io/')) {
    return undefined
  }
  const lineOf = createLineFinder(original ?? '')
  const helmCharts = [
    ...mappings(data.helmCharts).map((chart) => ({
      name: textOf(chart.name),
      line: lineOf('helmCharts:'),
      settings: chart,
    })),
    ...mappings(data.helmChartInflationGenerator).map((chart) => ({
      name: textOf(chart.chartName),
      line: lineOf('helmChartInflationGenerator:'),
      settings: chart,
    })),
  ]
  return {
    path,
    folder: folderOf(path),
    isComponent: data.kind === 'Component',
    references: referencesOf(data).map((reference) => ({
      ...reference,
      path: joinPath(folderOf(path), reference.text),
      line: lineOf(reference.text),
    })),
    helmCharts,
    chartHome: (isMapping(data.helmGlobals) && textOf(data.helmGlobals.chartHome)) || 'charts',
    ...(helmCharts.length > 0 && typeof data.namespace === 'string' && { namespace: data.namespace }),
    problems: first.problems,
  }
}

function referencesOf(data: Record<string, unknown>): Omit<Reference, 'line' | 'path'>[] {
  const list = (field: string, as: Reference['as']) => texts(data[field]).map((text) => ({ text, as, field }))
  const inline = (field: string, values: unknown) =>
    texts(values)
      .filter((text) => !text.includes('\n'))
      .map((text) => ({ text, as: 'file' as const, field }))
  return [
    ...list('resources', 'root'),
    ...list('bases', 'root'),
    ...list('components', 'root'),
    ...list('crds', 'file'),
    ...list('configurations', 'file'),
    ...list('generators', 'plugin').filter((each) => !each.text.includes('\n')),
    ...list('transformers', 'plugin').filter((each) => !each.text.includes('\n')),
    ...list('validators', 'plugin').filter((each) => !each.text.includes('\n')),
    ...inline('patchesStrategicMerge', data.patchesStrategicMerge),
    ...['patches', 'patchesJson6902', 'replacements'].flatMap((field) =>
      inline(
        field,
        mappings(data[field]).map((each) => each.path),
      ),
    ),
    ...['configMapGenerator', 'secretGenerator'].flatMap((field) =>
      mappings(data[field]).flatMap((generator) =>
        [...texts(generator.files).map(afterEquals), ...texts(generator.envs), ...texts([generator.env])].map(
          (text) => ({ text, as: 'file' as const, field }),
        ),
      ),
    ),
    ...inline('openapi', isMapping(data.openapi) ? [data.openapi.path] : []),
    ...mappings(data.helmCharts).flatMap((chart) =>
      inline('helmCharts', [chart.valuesFile, ...texts(chart.additionalValuesFiles)]),
    ),
  ]
}

/** `key=path` or `path`. */
function afterEquals(text: string): string {
  return text.slice(text.indexOf('=') + 1)
}

/** Finds the line of a value as written; a value that is not found is taken to be on line 1. */
function createLineFinder(text: string): (value: string) => number {
  const lines = text.split('\n')
  return (value) => Math.max(lines.findIndex((line) => line.includes(value)) + 1, 1)
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string' && each !== '') : []
}

function mappings(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isMapping) : []
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
