import { readPublicKeyLine } from './ssh-key.ts'

/** The Ed25519 keys of an allowed-signers file: lines `principals [options] ssh-ed25519 KEY`, or the public key alone. */
export function parseAllowedSigners(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .map((line) => /ssh-ed25519 [A-Za-z0-9+/=]+/.exec(line)?.[0] ?? '')
    .filter((line) => readPublicKeyLine(line) !== undefined)
}
