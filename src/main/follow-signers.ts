import { readFileSync } from 'node:fs'
import { UsageError } from '../cli/subcommand.ts'
import { parseAllowedSigners } from '../features/attestation/allowed-signers.ts'
import type { Log } from '../ports/log.ts'

/**
 * The public keys of an allowed-signers file, read anew at every call: a key that is taken out is not believed any more.
 * A file that holds none, or cannot be read, is refused at the start; later it means that nothing is believed.
 */
export function followSigners(file: string, log: Log): () => readonly string[] {
  const first = readSigners(file)
  if (first.length === 0)
    throw new UsageError(`${file} holds no ssh-ed25519 key; without one nothing can be believed`)
  let last = first.join('\n')
  return () => {
    const keys = readOrNone(file)
    const now = keys.join('\n')
    if (now !== last) log.warn({ file, keys: keys.length }, 'allowed signers changed')
    last = now
    return keys
  }
}

function readOrNone(file: string): string[] {
  try {
    return readSigners(file)
  } catch {
    return []
  }
}

function readSigners(file: string): string[] {
  return parseAllowedSigners(readFileSync(file, 'utf8'))
}
