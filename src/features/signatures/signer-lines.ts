import { matchesGlob } from '../config/glob.ts'
import type { Instant } from '../../domain/refs.ts'

/** One line of a file of allowed signers. */
export interface Signer {
  principal: string
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`, … */
  kind: string
  /** The public key as the wire has it. */
  key: Buffer
  namespaces?: string[]
  validAfter?: Instant
  validBefore?: Instant
}

const keyKinds = new Set([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
])

/**
 * Reads `principals [options] type key [comment]`, line by line. What cannot be read believes nobody: certificate
 * authorities, kinds of keys that are not known, options that are not known.
 * Source: OpenSSH, ssh-keygen(1), "ALLOWED SIGNERS".
 */
export function readSigners(text: string): Signer[] {
  return text.split('\n').flatMap((line) => {
    if (line.trim() === '' || line.trimStart().startsWith('#')) return []
    const words = line.match(/(?:[^\s"]|"[^"]*")+/g) ?? []
    const at = words.findIndex((word) => keyKinds.has(word))
    const [principal, kind, key] = [words[0], words[at], words[at + 1]]
    if (at < 1 || at > 2 || principal === undefined || kind === undefined || key === undefined) return []
    const options = at === 2 ? readOptions(words[1] ?? '') : {}
    return options ? [{ principal, kind, key: Buffer.from(key, 'base64'), ...options }] : []
  })
}

/** Whether the line is for signatures of this kind, at that time. */
export function isFor(signer: Signer, namespace: string, at: Instant): boolean {
  const { namespaces, validAfter = -Infinity, validBefore = Infinity } = signer
  const isNamed = namespaces?.some((glob) => matchesGlob(glob, namespace)) ?? true
  return isNamed && at >= validAfter && at < validBefore
}

function readOptions(text: string): Partial<Signer> | undefined {
  const options: Partial<Signer> = {}
  for (const option of text.match(/[^,"]+(?:"[^"]*")?/g) ?? []) {
    const [, name = '', value = ''] = /^([a-z-]+)="([^"]*)"$/i.exec(option) ?? []
    const moment = toInstant(value)
    if (name.toLowerCase() === 'namespaces') options.namespaces = value.split(',')
    else if (name.toLowerCase() === 'valid-after' && moment !== undefined) options.validAfter = moment
    else if (name.toLowerCase() === 'valid-before' && moment !== undefined) options.validBefore = moment
    else return undefined
  }
  return options
}

/** `YYYYMMDD[HHMM[SS]][Z]`, taken for UTC: files must mean the same everywhere. */
function toInstant(text: string): Instant | undefined {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?Z?$/.exec(text) ?? []
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(instant) ? undefined : instant
}
