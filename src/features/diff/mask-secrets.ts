import { createHmac } from 'node:crypto'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { type Fields, isFields } from './list-items.ts'

export interface MaskOptions {
  /** Key of the fingerprints: without it nobody can try values against a fingerprint. */
  maskKey: string
  /** Further names of fields whose text is hidden wherever they occur, compared without case, `-`, `_` and `.`. */
  sensitive?: readonly string[]
}

/** What a Secret may show; everything else of it, whatever its name, is masked. */
const plainSecretFields = new Set(['apiVersion', 'kind', 'metadata', 'type', 'immutable'])

/** Annotations that repeat a whole object as text. */
const copyingAnnotations = new Set(['kubectl.kubernetes.io/last-applied-configuration'])

const sensitiveEndings = [
  'password',
  'passwd',
  'passphrase',
  'apikey',
  'privatekey',
  'secretkey',
  'accesskey',
  'token',
  'clientsecret',
]

/**
 * The object with every secret value replaced by a keyed fingerprint, so that equal values stay equal and nothing else can be told.
 * Secrets of any group and spelling, also inside Lists; copies in annotations; fields and variables named like a password.
 */
export function maskSecrets(object: KubernetesObject, options: MaskOptions): KubernetesObject {
  const extra = new Set((options.sensitive ?? []).map(plainName))
  return maskObject(object, false) as KubernetesObject

  function maskObject(value: Fields, isInSecretList: boolean): Fields {
    const kind = typeof value.kind === 'string' ? value.kind.toLowerCase() : ''
    if (kind === 'secret' || isInSecretList) return maskSecret(value)
    const masked = maskFields(value)
    if (Array.isArray(value.items) && kind.endsWith('list')) {
      masked.items = value.items.map((item) =>
        isFields(item) ? maskObject(item, kind === 'secretlist') : item,
      )
    }
    return masked
  }

  function maskSecret(secret: Fields): Fields {
    return mapFields(secret, (value, field) => {
      if (field === 'metadata' && isFields(value)) return maskFields(value)
      return plainSecretFields.has(field) ? value : maskLeaves(value)
    })
  }

  function maskFields(fields: Fields): Fields {
    const namesSecret = typeof fields.name === 'string' && isSensitive(fields.name)
    return mapFields(fields, (value, field) => {
      if (field === 'managedFields') return undefined
      if (copyingAnnotations.has(field)) return fingerprint(value, options.maskKey)
      const isText = typeof value === 'string' && value !== ''
      if (isText && (isSensitive(field) || (namesSecret && field === 'value')))
        return fingerprint(value, options.maskKey)
      return maskAny(value)
    })
  }

  function maskAny(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(maskAny)
    if (!isFields(value)) return value
    const looksLikeObject = typeof value.kind === 'string' && value.kind.toLowerCase() === 'secret'
    return looksLikeObject && ('data' in value || 'stringData' in value)
      ? maskSecret(value)
      : maskFields(value)
  }

  function maskLeaves(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(maskLeaves)
    return isFields(value) ? mapFields(value, maskLeaves) : fingerprint(value, options.maskKey)
  }

  function isSensitive(name: string): boolean {
    const plain = plainName(name)
    return extra.has(plain) || sensitiveEndings.some((ending) => plain.endsWith(ending))
  }
}

function mapFields(fields: Fields, map: (value: unknown, field: string) => unknown): Fields {
  const entries = Object.entries(fields).map(([field, value]) => [field, map(value, field)] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]/g, '')
}

/** `‹masked 1a2b3c4d›`: the first 32 bits of an HMAC-SHA256 over the value. */
function fingerprint(value: unknown, maskKey: string): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `‹masked ${createHmac('sha256', maskKey)
    .update(text ?? '')
    .digest('hex')
    .slice(0, 8)}›`
}
