import type { GitEntry } from '../../domain/repository-files.ts'
import type { ChangedPath, GitCommit } from '../../ports/git.ts'

/** `<mode> <type> <id> <size>\t<path>` of `ls-tree -r -z --long`; submodules have `-` for a size. */
export function parseTreeEntry(line: string): GitEntry {
  const tab = line.indexOf('\t')
  const [mode = '', , id = '', size = ''] = line.slice(0, tab).split(/ +/)
  return { path: line.slice(tab + 1), mode, id, size: size === '-' ? 0 : Number(size) }
}

/** Words of `diff-tree -r -z --raw --no-renames`: `:<old mode> <mode> <old id> <id> <status>` and the path; mode 000000 where it is gone. */
export function parseRawChanges(words: readonly string[]): Omit<GitEntry, 'size'>[] {
  const changes: Omit<GitEntry, 'size'>[] = []
  for (let index = 0; index + 1 < words.length; index += 2) {
    const [, mode = '', , id = ''] = words[index]?.split(' ') ?? []
    changes.push({ path: words[index + 1] ?? '', mode, id })
  }
  return changes
}

/** A commit object as git stores it: headers, an empty line, the message. */
export function parseCommit(sha: string, raw: string): GitCommit {
  const end = raw.indexOf('\n\n')
  const headers = (end === -1 ? raw : raw.slice(0, end)).split('\n')
  const values = (name: string) =>
    headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
  return {
    sha,
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    message: end === -1 ? '' : raw.slice(end + 2),
    author: parseIdentity(values('author')[0] ?? ''),
    committer: parseIdentity(values('committer')[0] ?? ''),
  }
}

/** `Name <email> seconds zone`; the zone only says how to show the time. */
function parseIdentity(text: string): GitCommit['author'] {
  const open = text.indexOf('<')
  const close = text.lastIndexOf('>')
  const seconds = Number(
    text
      .slice(close + 1)
      .trim()
      .split(' ')[0],
  )
  return {
    name: text.slice(0, Math.max(0, open)).trim(),
    email: text.slice(open + 1, close),
    at: Number.isFinite(seconds) ? seconds * 1_000 : 0,
  }
}

const statuses: Record<string, ChangedPath['status']> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  T: 'modified',
  R: 'renamed',
}

/** Words of `diff-tree -r -z -M --name-status`: a status and one path, or, for a rename, two. */
export function parseChangedPaths(words: readonly string[]): ChangedPath[] {
  const changes: ChangedPath[] = []
  for (let index = 0; index < words.length;) {
    const status = statuses[words[index]?.[0] ?? ''] ?? 'modified'
    if (status === 'renamed') {
      changes.push({ status, previousPath: words[index + 1] ?? '', path: words[index + 2] ?? '' })
      index += 3
    } else {
      changes.push({ status, path: words[index + 1] ?? '' })
      index += 2
    }
  }
  return changes
}

/** Takes the signature header out of a commit object: what is left is what was signed. */
export function splitSignature(raw: string): { payload: string; signature: string | undefined } {
  const end = raw.indexOf('\n\n')
  const headers = (end === -1 ? raw : raw.slice(0, end)).split('\n')
  const first = headers.findIndex((line) => /^gpgsig(?:-sha256)? /.test(line))
  if (first === -1) return { payload: raw, signature: undefined }
  let last = first + 1
  while (headers[last]?.startsWith(' ')) last += 1
  const lines = headers.slice(first, last)
  const signature = lines.map((line) => line.replace(/^(?:gpgsig(?:-sha256)?)? /, '')).join('\n')
  const rest = [...headers.slice(0, first), ...headers.slice(last)].join('\n')
  return { payload: rest + (end === -1 ? '' : raw.slice(end)), signature: `${signature}\n` }
}

/** Puts the signature into the headers of an unsigned commit object. */
export function joinSignature(payload: string, signature: string, idLength: number): string {
  const header = idLength === 64 ? 'gpgsig-sha256' : 'gpgsig'
  const end = payload.indexOf('\n\n')
  const lines = signature.trimEnd().split('\n').join('\n ')
  return `${payload.slice(0, end)}\n${header} ${lines}${payload.slice(end)}`
}

/** Whether git takes the name for a branch or tag: no control or pattern characters, no `..`, no `.lock`. Source: git-check-ref-format(1). */
export function isRefName(name: string): boolean {
  return (
    name !== '' &&
    name !== '@' &&
    !hasForbiddenCharacter(name) &&
    !/\.\.|@\{|\/\/|\.lock(?:\/|$)|(?:^|\/)\.|\.$|^\/|\/$/.test(name)
  )
}

function hasForbiddenCharacter(name: string): boolean {
  return [...name].some(
    (character) => character <= ' ' || character === '\u007F' || '~^:?*[\\'.includes(character),
  )
}
