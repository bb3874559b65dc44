import { readFileSync } from 'node:fs'
import { formatProblem } from '../cli/format-problem.ts'
import { UsageError } from '../cli/subcommand.ts'
import { type AllowedSigners, parseAllowedSigners } from '../features/attestation/allowed-signers.ts'
import type { Log } from '../ports/log.ts'

/**
 * The public keys of an allowed-signers file, read anew at every call: a key that is taken out is not believed any more.
 * A file that cannot be read, holds none, or has a line that is not kept is refused at the start; later its keys, or those of
 * such lines, are not believed.
 */
export function followSigners(file: string, log: Log): () => readonly string[] {
  const first = readSigners(file)
  const [problem] = first.problems
  if (problem) throw new UsageError(formatProblem(problem))
  if (first.keys.length === 0)
    throw new UsageError(`${file} holds no ssh-ed25519 key; without one nothing can be believed`)
  let last = JSON.stringify(first)
  return () => {
    const { keys, problems } = readOrNone(file)
    const now = JSON.stringify({ keys, problems })
    if (now !== last) log.warn({ file, keys: keys.length, problems }, 'allowed signers changed')
    last = now
    return keys
  }
}

function readOrNone(file: string): AllowedSigners {
  try {
    return readSigners(file)
  } catch {
    return { keys: [], problems: [] }
  }
}

function readSigners(file: string): AllowedSigners {
  return parseAllowedSigners(readFileSync(file, 'utf8'), file)
}
