import type { Problem } from '../../domain/problem.ts'
import type { Instant } from '../../domain/refs.ts'
import { WireReader } from '../attestation/ssh-wire.ts'
import { quote } from '../config/check-shape.ts'
import { matchesGlob } from '../config/glob.ts'

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
  return readLines(text).flatMap(({ read }) => (typeof read === 'string' ? [] : [read]))
}

/** Every line that was meant to list somebody, and lists nobody. */
export function signerProblems(text: string, path: string): Problem[] {
  return readLines(text).flatMap(({ read, line, number }) =>
    typeof read === 'string'
      ? [
          {
            code: 'SIGNERS_LINE',
            path,
            line: number,
            message: `${quote(line.trim())}: ${read}, so nobody is believed by this line`,
            fix: 'write NAME KEY, as `ada@shop.example ssh-ed25519 AAAA…`; ssh-keygen(1) says what may stand between them',
          },
        ]
      : [],
  )
}

/** What each line says, or why it says nothing. */
function readLines(text: string): { line: string; number: number; read: Signer | string }[] {
  return text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '' && !line.trimStart().startsWith('#'))
    .map((each) => ({ ...each, read: readLine(each.line) }))
}

function readLine(line: string): Signer | string {
  const words = line.match(/(?:[^\s"]|"[^"]*")+/g) ?? []
  const at = words.findIndex((word) => keyKinds.has(word))
  const [principal, kind, text] = [words[0], words[at], words[at + 1]]
  if (at < 0 || kind === undefined)
    return `it has no key of a kind that is read (${[...keyKinds].join(', ')})`
  if (at === 0 || principal === undefined) return 'it does not say whose key it is'
  if (at > 2) return 'more than options stands between the name and the key'
  const key = Buffer.from(text ?? '', 'base64')
  if (new WireReader(key).text() !== kind) return 'its key is damaged'
  const options = at === 2 ? readOptions(words[1] ?? '') : {}
  if (options === undefined) return 'of options only namespaces, valid-after and valid-before are read'
  return { principal, kind, key, ...options }
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
