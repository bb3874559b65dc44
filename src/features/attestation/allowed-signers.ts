import type { Problem } from '../../domain/problem.ts'
import { matchesGlob } from '../config/glob.ts'
import { readPublicKeyLine } from './ssh-key.ts'

/** Who may sign what agents apply, and every line that says something that is not kept: its key is not believed. */
export interface AllowedSigners {
  /** `ssh-ed25519 KEY`, in the order of the file. */
  keys: string[]
  problems: Problem[]
}

/**
 * The Ed25519 keys of an allowed-signers file: lines `principals [options] ssh-ed25519 KEY`, or the public key alone. Of the
 * options `namespaces` is kept. Times are not: a date that the signer writes would decide whether the key counts.
 * Source: OpenSSH, ssh-keygen(1), "ALLOWED SIGNERS".
 */
export function parseAllowedSigners(text: string, path: string): AllowedSigners {
  const found: AllowedSigners = { keys: [], problems: [] }
  for (const [index, line] of text.split('\n').entries()) {
    const [, before = '', key = ''] = /^(.*?)(ssh-ed25519 [A-Za-z0-9+/=]+)/.exec(line) ?? []
    if (line.trimStart().startsWith('#') || readPublicKeyLine(key) === undefined) continue
    const options = optionsOf(before)
    const unkept = options.find(({ name }) => name !== 'namespaces')
    if (unkept !== undefined) found.problems.push(unkeptProblem(path, index + 1, unkept.name))
    else if (options.every(({ value }) => value.split(',').some((glob) => matchesGlob(glob, 'git'))))
      found.keys.push(key)
  }
  return found
}

/** What stands between the principals and the key. */
function optionsOf(before: string): { name: string; value: string }[] {
  const [, ...words] = before.match(/(?:[^\s"]|"[^"]*")+/g) ?? []
  return words
    .flatMap((word) => word.match(/(?:[^,"]|"[^"]*")+/g) ?? [])
    .map((option) => {
      const [, name = '', value = ''] = /^([^=]*)="?([^"]*)"?$/.exec(option) ?? []
      return { name: (name || option).toLowerCase(), value }
    })
}

function unkeptProblem(path: string, line: number, option: string): Problem {
  return {
    code: 'SIGNERS_OPTION',
    path,
    line,
    message: `the option ${option} is not kept here, so the key of this line is not believed`,
    fix: `take ${option} away, and the line itself as soon as its key should count no more; the file is read anew at every look`,
  }
}
