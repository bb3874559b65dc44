import type { Finding } from '../domain/finding.ts'
import type { RepositoryDiff } from '../domain/object-diff.ts'
import type { Problem } from '../domain/problem.ts'
import type { Sha } from '../domain/refs.ts'
import { diffRenderings } from '../features/diff/diff-renderings.ts'
import type { ReviewView } from '../features/review/review-view.ts'
import { writeReviewComment } from '../features/review/write-review-comment.ts'
import { readConfiguration } from '../journeys/repository/read-configuration.ts'
import { loadFiles, renderChange } from '../journeys/repository/render-revision.ts'
import type { GitRepository } from '../ports/git.ts'
import type { DiffOutput } from './contract.ts'
import { evaluateFindings } from './evaluate-findings.ts'
import { openRepository, resolveSides } from './open-revision.ts'
import { openScope } from './open-scope.ts'
import { showProgress } from './progress.ts'
import { type CommandContext, exitCodes, type Given } from './subcommand.ts'

export async function runDiff(given: Given, context: CommandContext): Promise<number> {
  const repository = await openRepository(given, context)
  try {
    const { base, head } = await resolveSides(repository, given)
    const change = await compare(repository, base, head, given, context)
    context.stdout(given.string('format') === 'json' ? toJson(change) : toText(change, context))
    if (!change.isComparable) return exitCodes.problems
    return given.boolean('exit-code') && change.diff.targets.length > 0 ? exitCodes.differences : exitCodes.ok
  } finally {
    await repository.close()
  }
}

interface ComparedChange {
  diff: RepositoryDiff
  applications?: number
  notShown?: number
  notices?: Problem[]
  environments?: string[]
  affected: ReviewView['affected']
  findings: Finding[]
  /** False: there was nothing to compare at all. */
  isComparable: boolean
}

async function compare(
  repository: GitRepository,
  base: Sha,
  head: Sha,
  given: Given,
  context: CommandContext,
): Promise<ComparedChange> {
  const merged = await repository.mergeTree(base, head)
  if ('conflicts' in merged) {
    const problems = merged.conflicts.map(toConflict)
    return { diff: { base, head, targets: [], problems }, affected: [], findings: [], isComparable: false }
  }
  const [old, young] = await Promise.all([loadFiles(repository, base), loadFiles(repository, merged.tree)])
  const scope = await openScope(given, context)
  const { configuration } = readConfiguration(old, scope)
  const ofHead = readConfiguration(young, scope)
  const progress = showProgress('rendering', given, context)
  const change = await renderChange(
    context.renderer,
    repository,
    old,
    young,
    configuration,
    ofHead.configuration,
    {
      isTrusted: true,
      onProgress: progress.onProgress,
    },
  )
  progress.end()
  const rendered = diffRenderings(change.base, change.head, {
    maskKey: context.maskKey,
    sensitive: configuration.diff?.mask,
  })
  const judged = await evaluateFindings(context.policies, configuration, old, change.base, change.head)
  const problems = [...ofHead.problems, ...rendered.problems, ...judged.problems]
  const isComparable = problems.length === 0 || change.base.targets.length + change.head.targets.length > 0
  return {
    diff: { ...rendered, base, head, problems },
    applications: change.applications,
    notShown: change.notShown,
    notices: change.notices,
    environments: configuration.environments.map(({ name }) => name),
    affected: change.affected,
    findings: judged.findings,
    isComparable,
  }
}

function toConflict(path: string): Problem {
  return {
    code: 'MERGE_CONFLICT',
    path,
    line: 0,
    message: 'head and base changed this file in ways that do not merge',
    fix: 'merge or rebase base into head, then compare again',
  }
}

function toJson({ diff }: ComparedChange): string {
  const output: DiffOutput = {
    base: diff.base,
    head: diff.head,
    targets: diff.targets.map(({ target, from, ...rest }) => ({
      ...target,
      ...rest,
      ...(from && { from: { ...from.target, source: from.source } }),
    })),
    problems: diff.problems,
  }
  return `${JSON.stringify(output, undefined, 2)}\n`
}

function toText(
  { diff, affected, applications, notShown, notices, environments, findings }: ComparedChange,
  { words }: CommandContext,
): string {
  const { head, base, problems } = diff
  const write = (template: string, view: object) => words.write(template, view)
  return writeReviewComment(write, {
    head,
    base,
    diff,
    applications,
    notShown,
    notices,
    environments,
    affected,
    problems,
    verdicts: [],
    findings,
    links: {},
  })
}
