import type { Problem } from '../domain/problem.ts'
import type { RenderedTarget, RenderSource } from '../domain/rendered-target.ts'
import { type MaskOptions, maskSecrets } from '../features/diff/mask-secrets.ts'
import { toCanonicalYaml } from '../features/rendering/canonical.ts'
import { renderRevision } from '../journeys/repository/render-revision.ts'
import type { RenderOutput } from './contract.ts'
import { withRevision } from './open-revision.ts'
import { formatProblem } from './format-problem.ts'
import { showProgress } from './progress.ts'
import { type CommandContext, exitCodes, type Given } from './subcommand.ts'

export function runRender(given: Given, context: CommandContext): Promise<number> {
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
    const { notices = [] } = rendering
    print({ revision, targets, problems: [...problems, ...rendering.problems], notices }, given, context)
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
  notices: Problem[]
}

function print(rendered: Rendered, given: Given, context: CommandContext): void {
  const { revision, targets, problems, notices } = rendered
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
  for (const problem of [...problems, ...notices]) context.stderr(`${formatProblem(problem)}\n`)
}
