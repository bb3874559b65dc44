import type { Problem } from '../domain/problem.ts'
import type { RepositoryFiles } from '../domain/repository-files.ts'
import { parseCodeowners } from '../features/approvals/codeowners.ts'
import { discover } from '../features/discovery/discover.ts'
import { revisionOptions, withRevision } from './open-revision.ts'
import { readPolicies } from './read-policies.ts'
import { formatProblem } from './render.ts'
import { formatOption } from './shared-options.ts'
import { type CommandContext, exitCodes, type Given, type Subcommand } from './subcommand.ts'

export const validate: Subcommand = {
  summary: 'configuration, CODEOWNERS and policies: everything that is wrong, at once',
  usage: '[--repo DIR] [--rev REV] [--format text|json]',
  options: {
    ...revisionOptions,
    ...formatOption('text', 'json'),
  },
  description: [
    'Reads what is committed, as the product does. Each problem is one line: path, line, what is wrong, what makes it right.',
    'Exit codes: 0 nothing is wrong; 1 something is.',
  ],
  run: runValidate,
}

function runValidate(given: Given, context: CommandContext): Promise<number> {
  return withRevision(given, context, async ({ revision, files, configuration, problems }) => {
    const policies = await context.policies.evaluate({
      settings: configuration.policies,
      repositoryPolicies: readPolicies(files, configuration.policies.folders),
      targets: [],
    })
    const all = [
      ...problems,
      ...codeownersProblems(files),
      ...discover(files, configuration).problems,
      ...policies.problems,
    ]
    print(revision, all, given, context)
    return all.length > 0 ? exitCodes.problems : exitCodes.ok
  })
}

function codeownersProblems(files: RepositoryFiles): Problem[] {
  const path = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'].find(
    (name) => files.text(name) !== undefined,
  )
  return path === undefined ? [] : parseCodeowners(files.text(path) ?? '', path).problems
}

function print(revision: string, problems: Problem[], given: Given, context: CommandContext): void {
  if (given.string('format') === 'json') {
    context.stdout(`${JSON.stringify({ revision, problems }, undefined, 2)}\n`)
  } else {
    for (const problem of problems) context.stdout(`${formatProblem(problem)}\n`)
    if (problems.length === 0) context.stdout('nothing is wrong\n')
  }
}
