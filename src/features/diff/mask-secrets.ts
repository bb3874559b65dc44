import { createHmac } from 'node:crypto'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { isEncrypted } from '../secrets/encrypted-value.ts'
import { type Fields, isFields } from './fields.ts'
import { identityOf } from './match-objects.ts'
import { isReference, maskText } from './mask-text.ts'
import { sensitiveNames } from './sensitive-names.ts'

export interface MaskOptions {
  /** Key of the fingerprints: without it nobody can try values against a fingerprint. */
  maskKey: string
  /** Further names whose text is hidden wherever they occur, as globs (`*connection*`), compared without case, `-`, `_` and `.`. */
  sensitive?: readonly string[]
  /**
   * Fingerprints can be compared within one scope only, so that nobody learns a secret by giving another object a guess and
   * looking whether they are alike. By default each object is a scope of its own.
   */
  scope?: string
}

/** What a Secret may show; everything else of it, whatever its name, is masked. */
const plainSecretFields = new Set(['apiVersion', 'kind', 'metadata', 'type', 'immutable'])

/** Annotations that repeat a whole object as text. */
const copyingAnnotations = /(^|\/)last-applied(-configuration)?$/

/** Groups whose objects name secrets or hold them encrypted: their fields are no secrets, whatever they are called. */
const harmlessGroups = new Set(['external-secrets.io', 'bitnami.com', 'secrets-store.csi.x-k8s.io'])

/**
 * The object with every secret value replaced by a keyed fingerprint, so that equal values stay equal and nothing else can be told.
 * Secrets of any group and spelling, also inside Lists; copies in annotations; fields, variables and lines of configuration named
 * like a password; keys and tokens that are known by their looks.
 */
export function maskSecrets(object: KubernetesObject, options: MaskOptions): KubernetesObject {
  const names = sensitiveNames(options.sensitive ?? [])
  const scope = options.scope ?? identityOf(object)
  const isHarmless = harmlessGroups.has(object.apiVersion.split('/', 1)[0] ?? '')
  return maskObject(object, false) as KubernetesObject

  function maskObject(value: Fields, isInSecretList: boolean): Fields {
    const kind = typeof value.kind === 'string' ? value.kind.toLowerCase() : ''
    if (kind === 'secret' || isInSecretList) return maskSecret(value)
    const masked = maskFields(value)
    if (kind === 'configmap' && isFields(value.data)) masked.data = maskFields(value.data, names.variable)
    if (Array.isArray(value.items) && kind.endsWith('list')) {
      masked.items = value.items.map((item) =>
        isFields(item) ? maskObject(item, kind === 'secretlist') : item,
      )
    }
    return masked
  }

  function maskSecret(secret: Fields): Fields {
    return mapFields(secret, (value, field) => {
      if (field === 'sops') return recipientsOf(value)
      if (field === 'metadata' && isFields(value)) return maskFields(value)
      return plainSecretFields.has(field) && !isFields(value) ? value : maskLeaves(value)
    })
  }

  function maskFields(fields: Fields, isSensitive = names.field): Fields {
    const namesSecret = typeof fields.name === 'string' && names.variable(fields.name)
    return mapFields(fields, (value, field) => {
      if (field === 'managedFields') return undefined
      if (copyingAnnotations.test(field)) return fingerprint(value)
      const isNamed = isSensitive(field) || (namesSecret && field === 'value')
      if (isNamed && !isHarmless && isSecretValue(value)) return fingerprint(value)
      if (isNamed && isFields(value) && isSecretValue(value.value))
        return { ...maskFields(value), value: fingerprint(value.value) }
      return maskAny(value)
    })
  }

  function maskAny(value: unknown): unknown {
    if (typeof value === 'string') return maskText(value, names, fingerprint)
    if (Array.isArray(value)) return value.map((item, index) => maskItem(item, value[index - 1]))
    if (!isFields(value)) return value
    const looksLikeObject = typeof value.kind === 'string' && value.kind.toLowerCase() === 'secret'
    return looksLikeObject && ('data' in value || 'stringData' in value)
      ? maskSecret(value)
      : maskFields(value)
  }

  /** `--password`, and its value as the next argument. */
  function maskItem(item: unknown, previous: unknown): unknown {
    const isOption = typeof previous === 'string' && /^--?[\w.-]+$/.test(previous) && names.variable(previous)
    return isOption && isSecretValue(item) && !String(item).startsWith('-')
      ? fingerprint(item)
      : maskAny(item)
  }

  function maskLeaves(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(maskLeaves)
    return isFields(value) ? mapFields(value, maskLeaves) : fingerprint(value)
  }

  /** `‹masked 1a2b3c4d›`, `‹encrypted 1a2b3c4d›`: the first 32 bits of an HMAC-SHA256 over scope and value. */
  function fingerprint(value: unknown): string {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
    const hash = createHmac('sha256', options.maskKey).update(JSON.stringify([scope, text]))
    return `‹${isEncrypted(value) ? 'encrypted' : 'masked'} ${hash.digest('hex').slice(0, 8)}›`
  }
}

/** Of what SOPS writes beside the values people look at who can read them; the rest changes with every edit. */
function recipientsOf(sops: unknown): unknown {
  const entries = isFields(sops) && Array.isArray(sops.age) ? sops.age : []
  return { age: entries.flatMap((entry) => (isFields(entry) ? [String(entry.recipient)] : [])) }
}

/** Texts and numbers; a switch is no secret, nor is what refers to one. */
function isSecretValue(value: unknown): boolean {
  if (typeof value === 'number') return true
  return typeof value === 'string' && value !== '' && !isReference(value)
}

function mapFields(fields: Fields, map: (value: unknown, field: string) => unknown): Fields {
  const entries = Object.entries(fields).map(([field, value]) => [field, map(value, field)] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}
