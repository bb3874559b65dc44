import { execFileSync } from 'node:child_process'

const environment = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
}

/** Makes a bare repository in an empty folder, whose `main` holds the files. */
export function writeRepository(folder: string, files: ReadonlyMap<string, string>): void {
  run(folder, ['init', '--quiet', '--bare', '--initial-branch=main', '.'])
  writeBranch(folder, 'main', files)
}

/** Commits files to a branch by `git fast-import`: on top of `from`, or as its first commit. */
export function writeBranch(
  folder: string,
  branch: string,
  files: Iterable<[string, string]>,
  from?: string,
): void {
  const parts = [
    `commit refs/heads/${branch}\ncommitter Bench <bench@example.com> 1767225600 +0000\n${data(branch)}`,
    ...(from ? [`from refs/heads/${from}\n`] : []),
  ]
  for (const [path, text] of files) parts.push(`M 100644 inline ${JSON.stringify(path)}\n${data(text)}`)
  run(folder, ['fast-import', '--quiet', '--force', '--done'], `${parts.join('')}\ndone\n`)
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`
}

function run(folder: string, args: string[], input?: string): void {
  execFileSync('git', args, { cwd: folder, input, env: environment, stdio: ['pipe', 'ignore', 'inherit'] })
}
