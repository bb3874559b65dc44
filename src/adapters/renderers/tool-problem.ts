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
  inputs: readonly string[],
): { problem: Problem; isRepeatable: boolean } {
  if (failure.exceeded === 'time') return limit(source, 'RENDER_TIMEOUT', 'took longer than 30 s')
  if (failure.exceeded === 'output')
    return limit(source, 'RENDER_OUTPUT_TOO_LARGE', 'printed more than 32 MB')
  if (isOutOfMemory(failure)) return limit(source, 'RENDER_OOM', 'needed more memory than a render may have')
  const message = firstLine(failure.stderr)
  const place = placeIn(failure.stderr, source, inputs)
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
  const known = words[source.renderer].codes.find(([part]) => stderr.includes(part))
  return known?.[1] ?? `${source.renderer.toUpperCase()}_FAILED`
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

/** The first place that the tool names, as a path from the repository's root. */
function placeIn(
  stderr: string,
  source: RenderSource,
  inputs: readonly string[],
): { path: string; line: number } | undefined {
  const match = words[source.renderer].place?.exec(stderr)
  const line = Number(match?.groups?.line ?? 0)
  const { ending } = match?.groups ?? {}
  if (ending !== undefined) {
    const [path, ...others] = inputs.filter((each) => each === ending || each.endsWith(`/${ending}`))
    return path !== undefined && others.length === 0 ? { path, line } : undefined
  }
  const path = match?.groups?.path ?? match?.groups?.below
  if (path === undefined) return undefined
  const folder = match?.groups?.path !== undefined || source.path === '.' ? '' : `${source.path}/`
  return { path: folder + path, line }
}

function toolOf(source: RenderSource): string {
  return words[source.renderer].tool
}

function fixOf(source: RenderSource): string {
  const { command } = words[source.renderer]
  return command === undefined
    ? 'correct what it says, or ask the operator of Drawbridge'
    : `run \`${command(source)}\` and correct what it says`
}

interface ToolWords {
  tool: string
  /** What a person types to see the same. */
  command?(source: RenderSource): string
  /** Part of what it prints → code. */
  codes: [part: string, code: string][]
  /** Finds a place in what it prints: `path` from the repository's root, `below` from the source's folder, `ending`
   *  as one of the inputs ends, `line`. */
  place?: RegExp
}

const words: Record<RenderSource['renderer'], ToolWords> = {
  kustomize: {
    tool: 'kubectl kustomize',
    command: ({ path }) => `kubectl kustomize ${path}`,
    codes: [
      ['MalformedYAMLError', 'KUSTOMIZE_YAML_INVALID'],
      ['already registered id', 'KUSTOMIZE_DUPLICATE_OBJECT'],
      ['cycle detected', 'KUSTOMIZE_CYCLE'],
      ['no resource matches strategic merge patch', 'KUSTOMIZE_PATCH_TARGET_MISSING'],
      ['failed to find unique target for patch', 'KUSTOMIZE_PATCH_TARGET_MISSING'],
      ['unable to find patch target', 'KUSTOMIZE_PATCH_TARGET_MISSING'],
    ],
    // `yaml: line 2: did not … in File: a.yaml`, named from the folder of the kustomization that lists it.
    place: /(?:yaml: line (?<line>\d+)[\s\S]{0,300}?)?in File: (?<ending>[^\s:']+)/,
  },
  helm: {
    tool: 'helm template',
    command: ({ path, valueFiles }) =>
      ['helm template', path, ...valueFiles.map((file) => `-f ${file}`)].join(' '),
    codes: [
      ["don't meet the specifications of the schema", 'HELM_VALUES_INVALID'],
      ['execution error at', 'HELM_VALUE_REQUIRED'],
      ['YAML parse error on', 'HELM_OUTPUT_INVALID'],
    ],
    // `<chart name>/templates/x.yaml:12`; the chart's name stands for its folder.
    place: /[\w.-]+\/(?<below>(?:templates|charts)\/[^\s:()]+)(?::(?<line>\d+))?/,
  },
  jsonnet: {
    tool: 'jsonnet',
    command: ({ path, files, jsonnet }) =>
      ['jsonnet', ...[path, ...(jsonnet?.libraries ?? [])].map((folder) => `-J ${folder}`), files[0]].join(
        ' ',
      ),
    codes: [["couldn't open import", 'JSONNET_IMPORT_MISSING']],
    place: /(?<path>[\w./@+-]+\.(?:jsonnet|libsonnet)):\(?(?<line>\d+)/,
  },
  ytt: {
    tool: 'ytt',
    command: ({ path }) => `ytt -f ${path}`,
    codes: [],
    place: /(?<below>[\w./@+-]+\.(?:ya?ml|star|lib\.yml|txt)):(?<line>\d+)/,
  },
  plugin: { tool: 'the plug-in', codes: [] },
  plain: { tool: 'reading', codes: [] },
}
