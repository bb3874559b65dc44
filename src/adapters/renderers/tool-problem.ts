import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'

interface Failure {
  exitCode: number
  stderr: string
  exceeded?: 'time' | 'output'
}

const longestMessage = 600

/** A tool's failure as a problem of the repository, with the file and line where the tool names them. */
export function toolProblem(
  source: RenderSource,
  failure: Failure,
): { problem: Problem; isRepeatable: boolean } {
  if (failure.exceeded === 'time') return limit(source, 'RENDER_TIMEOUT', 'took longer than 30 s')
  if (failure.exceeded === 'output')
    return limit(source, 'RENDER_OUTPUT_TOO_LARGE', 'printed more than 32 MB')
  if (isOutOfMemory(failure)) return limit(source, 'RENDER_OOM', 'needed more memory than a render may have')
  const message = firstLine(failure.stderr)
  const place = placeIn(failure.stderr, source)
  const problem = {
    code: codeOf(failure.stderr, source),
    path: place?.path ?? source.path,
    line: place?.line ?? 0,
    message: message || `${toolOf(source)} failed without a word (exit code ${failure.exitCode})`,
    fix: fixOf(source),
  }
  return { problem, isRepeatable: true }
}

function limit(source: RenderSource, code: string, what: string) {
  const problem = {
    code,
    path: source.path,
    line: 0,
    message: `${toolOf(source)} ${what}`,
    fix: 'make the source smaller, or split it into several',
  }
  return { problem, isRepeatable: false }
}

function isOutOfMemory({ exitCode, stderr }: Failure): boolean {
  return exitCode === 137 || exitCode === 134 || /out of memory|cannot allocate memory/.test(stderr)
}

function codeOf(stderr: string, source: RenderSource): string {
  if (source.renderer !== 'helm') return 'KUSTOMIZE_FAILED'
  if (stderr.includes("don't meet the specifications of the schema")) return 'HELM_VALUES_INVALID'
  if (stderr.includes('execution error at')) return 'HELM_VALUE_REQUIRED'
  if (stderr.includes('YAML parse error on')) return 'HELM_OUTPUT_INVALID'
  return 'HELM_FAILED'
}

function firstLine(stderr: string): string {
  const lines = stderr
    .replaceAll(/\p{Cc}\[[0-9;]*m/gu, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('WARNING:') && !line.startsWith('# Warning:'))
  return lines
    .join(' ')
    .replace(/^[Ee]rror: /, '')
    .slice(0, longestMessage)
}

/** Helm names templates as `<chart name>/templates/x.yaml:12`; the chart's name stands for its folder. */
function placeIn(stderr: string, source: RenderSource): { path: string; line: number } | undefined {
  if (source.renderer !== 'helm') return undefined
  const match = /[\w.-]+\/((?:templates|charts)\/[^\s:()]+)(?::(\d+))?/.exec(stderr)
  if (!match?.[1]) return undefined
  const folder = source.path === '.' ? '' : `${source.path}/`
  return { path: folder + match[1], line: Number(match[2] ?? 0) }
}

function toolOf(source: RenderSource): string {
  return source.renderer === 'helm' ? 'helm template' : 'kubectl kustomize'
}

function fixOf(source: RenderSource): string {
  return source.renderer === 'helm'
    ? `run \`${['helm template', source.path, ...source.valueFiles.map((file) => `-f ${file}`)].join(' ')}\` and correct what it says`
    : `run \`kubectl kustomize ${source.path}\` and correct what it says`
}
