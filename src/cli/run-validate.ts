import type { Problem } from '../domain/problem.ts'
import type { RepositoryFiles } from '../domain/repository-files.ts'
import { parseCodeowners } from '../features/approvals/codeowners.ts'
import { discover } from '../features/discovery/discover.ts'
import { withRevision } from './open-revision.ts'
import { readPolicies } from '../features/policy/read-policies.ts'
import { formatProblem } from './format-problem.ts'
import { type CommandContext, exitCodes, type Given } from './subcommand.ts'

export function runValidate(given: Given, context: CommandContext): Promise<number> {
  return withRevision(given, context, async ({ revision, files, configuration, problems }) => {
    const policies = await context.policies.evaluate({
      settings: configuration.policies,
      repositoryPolicies: readPolicies(files, configuration.policies),
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
