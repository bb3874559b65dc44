import type { Configuration } from '../../domain/configuration.ts'
import type { Problem } from '../../domain/problem.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { signerProblems } from '../../features/signatures/signer-lines.ts'
import type { GitRepository } from '../../ports/git.ts'
import { readExactTexts } from './read-exact-texts.ts'

/** What is wrong with the files of allowed signers that a configuration names. */
export async function readSignerProblems(
  git: GitRepository,
  { tree }: RepositoryFiles,
  { environments }: Pick<Configuration, 'environments'>,
): Promise<Problem[]> {
  const named = environments.flatMap(({ signedCommits }) => signedCommits?.allowedSigners ?? [])
  const paths = [...new Set(named)]
  const texts = await readExactTexts(git, tree, paths)
  return paths.flatMap((path) => {
    const text = texts.get(path)
    return text === undefined ? [missing(path)] : signerProblems(text, path)
  })
}

function missing(path: string): Problem {
  return {
    code: 'SIGNERS_MISSING',
    path,
    line: 0,
    message: 'signed commits are asked for by this file, and there is no such text, so nobody is believed',
    fix: 'add the file, or name another in `signedCommits`',
  }
}
