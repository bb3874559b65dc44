import { readFileSync } from 'node:fs'
import type { AppKey } from '../adapters/github/app-tokens.ts'
import type { Settings } from './settings.ts'

/** The GitHub App's key, and how it is read again where it came from a file. */
export function appKey({
  privateKey,
  privateKeyFile,
}: Pick<Settings, 'privateKey' | 'privateKeyFile'>): AppKey {
  if (privateKeyFile === undefined) return { privateKey }
  return { privateKey, readPrivateKey: () => readFileSync(privateKeyFile, 'utf8') }
}
