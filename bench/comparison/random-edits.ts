import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createDice } from '../../test/features/rendering/random-edits.ts'
import { type GitFolder, git } from './git-folder.ts'
import type { Step } from './history.ts'

/** What a render may read, whatever the product thinks of it. */
const readable = /\.(?:ya?ml|json|tpl|txt|properties|env|conf|cfg|toml|sh|ini)$|Kustomization$|\.helmignore$/

/** A repository of its own with all objects of `origin`, so that new commits can be put on top of them. */
export async function borrowRepository(origin: GitFolder, folder: string): Promise<GitFolder> {
  await mkdir(folder, { recursive: true })
  execFileSync('git', ['init', '--quiet', '--bare', folder])
  await writeFile(join(folder, 'objects/info/alternates'), `${join(origin, 'objects')}\n`)
  return folder
}

/** Commits upon `rev` that each change, remove, move or copy one file that the dice choose: the same ones for the same seed. */
export async function randomEdits(
  repository: GitFolder,
  rev: string,
  count: number,
  seed: number,
): Promise<Step[]> {
  const dice = createDice(seed)
  const listed = (await git(repository, ['ls-tree', '-r', '-z', '--full-tree', rev])).split('\0')
  const files = listed
    .map((line) => /^100\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(line))
    .map((match) => ({ id: match?.[1] ?? '', path: match?.[2] ?? '' }))
    .filter(({ path }) => readable.test(path) && !path.startsWith('.github/'))
  const steps: Step[] = []
  while (steps.length < count) {
    const { id, path } = files[dice(files.length)] ?? { id: '', path: '' }
    const edit = dice(10)
    const copy = path.replace(/([^/]*)$/, `copy-${dice(1e6)}-$1`)
    const changes: [string, string | undefined][] =
      edit === 0
        ? [[path, undefined]]
        : edit === 1
          ? [
              [path, undefined],
              [copy, id],
            ]
          : edit === 2
            ? [[copy, id]]
            : [
                [
                  path,
                  await writeBlob(
                    repository,
                    withOtherWord(await git(repository, ['cat-file', 'blob', id]), dice),
                  ),
                ],
              ]
    steps.push({ base: rev, head: await commit(repository, rev, changes) })
  }
  return steps
}

/** One value of the text becomes another; where it has none, a line is added. */
function withOtherWord(text: string, dice: (limit: number) => number): string {
  const words = [...text.matchAll(/(?<=[:=] ?["']?)[A-Za-z0-9][\w.-]*(?=["']?\s*$)/gm)]
  const word = words[dice(words.length)]
  if (!word) return `${text}\n# edited\n`
  const end = word.index + word[0].length
  return `${text.slice(0, end)}1${text.slice(end)}`
}

function writeBlob(repository: GitFolder, text: string): Promise<string> {
  const written = execFileSync('git', ['--git-dir', repository, 'hash-object', '-w', '--stdin'], {
    input: text,
  })
  return Promise.resolve(written.toString().trim())
}

async function commit(
  repository: GitFolder,
  rev: string,
  changes: readonly [string, string | undefined][],
): Promise<string> {
  // git edits an index only where it is told of a work tree, though nothing is read from it.
  const index = { GIT_INDEX_FILE: join(repository, 'edit.index'), GIT_WORK_TREE: repository }
  await git(repository, ['read-tree', rev], index)
  for (const [path, id] of changes) {
    const what =
      id === undefined ? ['--force-remove', path] : ['--add', '--cacheinfo', `100644,${id},${path}`]
    await git(repository, ['update-index', ...what], index)
  }
  const tree = (await git(repository, ['write-tree'], index)).trim()
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com']
  const made = await git(repository, [...identity, 'commit-tree', tree, '-p', rev, '-m', 'random edit'])
  return made.trim()
}
