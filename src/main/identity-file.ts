import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { IdentityMemory } from '../reconciler/guard-identity.ts'

/** The identity of a cluster that an agent served last, in a file of its own. */
export function identityFile(path: string): IdentityMemory {
  return {
    async read() {
      try {
        return readFileSync(path, 'utf8').trim() || undefined
      } catch {
        return undefined
      }
    },
    async remember(identity) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      writeFileSync(path, `${identity}\n`, { mode: 0o600 })
    },
  }
}
