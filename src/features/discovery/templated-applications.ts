import type { Problem } from '../../domain/problem.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { joinPath } from '../rendering/paths.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'

/** Charts whose templates make Applications: what those deliver is known only once the chart is rendered. */
export function templatedApplications(files: RepositoryFiles, index: RepositoryIndex): Problem[] {
  return index.chartFolders.flatMap((chart) => {
    const templates = joinPath(chart, 'templates') ?? chart
    const template = index
      .under(templates)
      .map(({ path }) => path)
      .find((path) => makesApplications(files.text(path) ?? ''))
    return template === undefined ? [] : [applicationsAreTemplated(chart, template)]
  })
}

function makesApplications(text: string): boolean {
  return (
    text.includes('{{') &&
    text.includes('argoproj.io/') &&
    /^\s*kind:\s*["']?Application(?:Set)?\b/m.test(text)
  )
}

function applicationsAreTemplated(chart: string, path: string): Problem {
  return {
    code: 'APPLICATIONS_ARE_TEMPLATED',
    path,
    line: 0,
    message: `the chart ${chart} makes Argo CD Applications from templates; what they deliver is known only once it is rendered`,
    fix: 'the folders that they deliver are shown by convention; for names and values as delivered, commit the Applications as plain files',
  }
}
