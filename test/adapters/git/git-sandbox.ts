import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { programs } from '../../programs.ts'
import { createGit, type GitOptions } from '../../../src/adapters/git/git.ts'

/** A folder with a bare `origin.git`, a clone `work` to write commits with, and a Git whose mirrors are in it. */
export function gitSandbox() {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-git-'))
  const origin = join(folder, 'origin.git')
  const work = join(folder, 'work')
  const run = (args: string[], cwd = work, input: string | Uint8Array = '') =>
    execFileSync('git', args, {
      cwd,
      encoding: 'utf8',
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'Ada',
        GIT_AUTHOR_EMAIL: 'ada@example.com',
        GIT_AUTHOR_DATE: '1795192200 +0100',
        GIT_COMMITTER_NAME: 'Ada',
        GIT_COMMITTER_EMAIL: 'ada@example.com',
        GIT_COMMITTER_DATE: '1795192200 +0100',
      },
    }).trim()

  run(['init', '-q', '--bare', '-b', 'main', origin], folder)
  run(['init', '-q', '-b', 'main', work], folder)
  run(['remote', 'add', 'origin', origin])

  return {
    folder,
    origin,
    work,
    run,
    /** Runs git with something to read. */
    input: (args: string[], input: string | Uint8Array) => run(args, work, input),
    /** Commits the files on the current branch of the clone (null deletes) and gives the sha. */
    commit(files: Record<string, string | null>, message = 'change') {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(work, path)), { recursive: true })
        if (text === null) rmSync(join(work, path))
        else writeFileSync(join(work, path), text)
      }
      run(['add', '-A'])
      run(['commit', '-q', '--allow-empty', '-m', message])
      return run(['rev-parse', 'HEAD'])
    },
    push: (...refs: string[]) => run(['push', '-q', '--force', 'origin', ...refs]),
    git: (more: Partial<GitOptions> = {}) =>
      createGit({ children: programs, folder: join(folder, 'mirrors'), ...more }),
    remote: { kind: 'remote' as const, key: '42', url: origin },
    local: { kind: 'local' as const, folder: work },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
