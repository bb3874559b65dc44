import type { Problem } from '../domain/problem.ts'
import type { RepositoryFiles } from '../domain/repository-files.ts'
import { parseCodeowners } from '../features/approvals/codeowners.ts'
import { discover } from '../features/discovery/discover.ts'
import { readSignerProblems } from '../journeys/repository/read-signer-problems.ts'
import { type OpenedRevision, withRevision } from './open-revision.ts'
import { readPolicies } from '../features/policy/read-policies.ts'
import { formatProblem } from './format-problem.ts'
import { type CommandContext, exitCodes, type Given } from './subcommand.ts'

export function runValidate(given: Given, context: CommandContext): Promise<number> {
  return withRevision(given, context, async (opened) => {
    const problems = await findProblems(opened, context)
    print(opened.revision, problems, given, context)
    return problems.length > 0 ? exitCodes.problems : exitCodes.ok
  })
}

/** Everything that is wrong with what a revision says about delivery. */
export async function findProblems(
  { repository, files, configuration, problems }: OpenedRevision,
  { policies }: Pick<CommandContext, 'policies'>,
): Promise<Problem[]> {
  const evaluated = await policies.evaluate({
    settings: configuration.policies,
    repositoryPolicies: readPolicies(files, configuration.policies),
    targets: [],
  })
  return [
    ...problems,
    ...codeownersProblems(files),
    ...(await readSignerProblems(repository, files, configuration)),
    ...discover(files, configuration).problems,
    ...evaluated.problems,
  ]
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
