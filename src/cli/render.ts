import type { Problem } from '../domain/problem.ts'
import type { RenderedTarget, RenderSource } from '../domain/rendered-target.ts'
import { type MaskOptions, maskSecrets } from '../features/diff/mask-secrets.ts'
import { toCanonicalYaml } from '../features/rendering/canonical.ts'
import { renderRevision } from '../journeys/render-revision.ts'
import type { RenderOutput } from './contract.ts'
import { revisionOptions, withRevision } from './open-revision.ts'
import { showProgress } from './progress.ts'
import { formatOption, progressOption } from './shared-options.ts'
import { type CommandContext, exitCodes, type Given, type Subcommand } from './subcommand.ts'

export const render: Subcommand = {
  summary: 'every object that a revision of the repository renders to',
  usage: '[--repo DIR] [--rev REV] [--application NAME] [--environment NAME] [--format text|json]',
  options: {
    ...revisionOptions,
    application: { type: 'string', value: 'NAME', summary: 'Only this application', multiple: true },
    environment: { type: 'string', value: 'NAME', summary: 'Only this environment', multiple: true },
    'mask-secrets': { type: 'boolean', summary: 'Print fingerprints instead of the values of Secrets' },
    ...formatOption('text', 'json'),
    ...progressOption,
  },
  description: [
    'Finds the applications as `drawbridge discover` does and renders each with the official tools. text is YAML with one\n' +
      'comment per target; json is schemas/render.schema.json. The objects are exactly what would be applied, Secrets included, unless --mask-secrets is given.',
    'Exit codes: 0 at least one target rendered, or there is none; 1 there are problems and nothing rendered. Problems of single\n' +
      'sources are listed (in text: on stderr) and leave the code at 0.',
    'Example: drawbridge render --environment prod --format json',
  ],
  run: runRender,
}

function runRender(given: Given, context: CommandContext): Promise<number> {
  return withRevision(given, context, async ({ repository, revision, files, configuration, problems }) => {
    const progress = showProgress('rendering', given, context)
    const rendering = await renderRevision(context.renderer, repository, files, configuration, {
      isTrusted: true,
      only: (source) => isWanted(source, given),
      onProgress: progress.onProgress,
    })
    progress.end()
    const mask = { maskKey: context.maskKey, sensitive: configuration.diff?.mask }
    const targets = given.boolean('mask-secrets')
      ? rendering.targets.map((target) => maskTarget(target, mask))
      : rendering.targets
    print({ revision, targets, problems: [...problems, ...rendering.problems] }, given, context)
    return targets.length === 0 && rendering.problems.length > 0 ? exitCodes.problems : exitCodes.ok
  })
}

function maskTarget(target: RenderedTarget, mask: MaskOptions): RenderedTarget {
  return { ...target, objects: target.objects.map((object) => maskSecrets(object, mask)) }
}

function isWanted(source: RenderSource, given: Given): boolean {
  const [applications, environments] = [given.list('application'), given.list('environment')]
  return (
    (applications.length === 0 || applications.includes(source.application)) &&
    (environments.length === 0 || environments.includes(source.environment))
  )
}

interface Rendered {
  revision: string
  targets: RenderedTarget[]
  problems: Problem[]
}

function print({ revision, targets, problems }: Rendered, given: Given, context: CommandContext): void {
  if (given.string('format') === 'json') {
    const output: RenderOutput = {
      revision,
      targets: targets.map(({ target, source, objects }) => ({ ...target, source, objects })),
      problems,
    }
    context.stdout(`${JSON.stringify(output, undefined, 2)}\n`)
    return
  }
  for (const { target, source, objects } of targets) {
    context.stdout(`# ${target.application} in ${target.environment} on ${target.cluster}, from ${source}\n`)
    for (const object of objects) context.stdout(`---\n${toCanonicalYaml(object)}`)
  }
  for (const problem of problems) context.stderr(`${formatProblem(problem)}\n`)
}

/** `path:line: message; fix`, as compilers do, so that editors find the place. */
export function formatProblem({ path, line, message, fix }: Problem): string {
  return `${line > 0 ? `${path}:${line}` : path}: ${message}; ${fix}`
}
