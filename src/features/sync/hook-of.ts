import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { waveOf, wholeNumber } from './wave-of.ts'

/** `before`, `after`, `failure`, several with commas. */
export const hookAnnotation = 'drawbridge.dev/hook'
/** `before` (the default: an earlier one goes before the new one is made), `succeeded`, `failed`. */
export const hookDeleteAnnotation = 'drawbridge.dev/hook-delete'

export const argoHookAnnotation = 'argocd.argoproj.io/hook'
export const helmHookAnnotation = 'helm.sh/hook'

export type HookMoment = 'before' | 'during' | 'after' | 'failure'
export type Occasion = 'install' | 'upgrade'

/** An object that runs once per release instead of being kept as it is. */
export interface Hook {
  /** Empty: it never runs here, and is not applied either (tests, deletions of whole applications). */
  runs: { moment: HookMoment; on?: Occasion }[]
  /** Lower ones run, and end, first. */
  weight: number
  deletes: ReadonlySet<'before' | 'succeeded' | 'failed'>
  /** Words of the annotation that mean nothing. */
  unknown: string[]
}

type Meaning = Hook['runs'][number] | 'never' | 'ordinary'

/** Source: Argo CD, docs/user-guide/sync-waves.md. Nothing here runs when an application is deleted. */
const argoMoments: Record<string, Meaning> = {
  PreSync: { moment: 'before' },
  Sync: { moment: 'during' },
  PostSync: { moment: 'after' },
  SyncFail: { moment: 'failure' },
  Skip: 'never',
  PreDelete: 'never',
  PostDelete: 'never',
}

/** Source: Helm, "Chart Hooks". A revert is an upgrade to what was there before; Helm's rollbacks do not exist here. */
const helmMoments: Record<string, Meaning> = {
  'pre-install': { moment: 'before', on: 'install' },
  'pre-upgrade': { moment: 'before', on: 'upgrade' },
  'post-install': { moment: 'after', on: 'install' },
  'post-upgrade': { moment: 'after', on: 'upgrade' },
  'crd-install': 'ordinary',
  'pre-delete': 'never',
  'post-delete': 'never',
  'pre-rollback': 'never',
  'post-rollback': 'never',
  test: 'never',
  'test-success': 'never',
  'test-failure': 'never',
}

const ownMoments: Record<string, Meaning> = {
  before: { moment: 'before' },
  after: { moment: 'after' },
  failure: { moment: 'failure' },
}

/** Each tool's words, ours first: the first annotation that is there counts. */
const dialects: { key: string; moments: Record<string, Meaning>; deleteKey: string; weightKey?: string }[] = [
  { key: hookAnnotation, moments: ownMoments, deleteKey: hookDeleteAnnotation },
  { key: argoHookAnnotation, moments: argoMoments, deleteKey: 'argocd.argoproj.io/hook-delete-policy' },
  {
    key: helmHookAnnotation,
    moments: helmMoments,
    deleteKey: 'helm.sh/hook-delete-policy',
    weightKey: 'helm.sh/hook-weight',
  },
]

const deletePolicies: Record<string, 'before' | 'succeeded' | 'failed'> = {
  before: 'before',
  succeeded: 'succeeded',
  failed: 'failed',
  BeforeHookCreation: 'before',
  HookSucceeded: 'succeeded',
  HookFailed: 'failed',
  'before-hook-creation': 'before',
  'hook-succeeded': 'succeeded',
  'hook-failed': 'failed',
}

/** Undefined for an ordinary object. A word that is not known never runs: on doubt a Job is not started. */
export function hookOf(object: KubernetesObject): Hook | undefined {
  const { annotations = {} } = object.metadata
  const dialect = dialects.find(({ key }) => annotations[key] !== undefined)
  if (dialect === undefined) return undefined
  const words = listed(annotations[dialect.key])
  const meanings = words.map((word) =>
    Object.hasOwn(dialect.moments, word) ? dialect.moments[word] : undefined,
  )
  if (meanings.includes('ordinary')) return undefined
  const weight = dialect.weightKey && annotations[dialect.weightKey]
  const policies = listed(annotations[dialect.deleteKey]).flatMap((word) =>
    Object.hasOwn(deletePolicies, word) ? [deletePolicies[word]!] : [],
  )
  return {
    runs: meanings.flatMap((meaning) => (typeof meaning === 'object' ? [meaning] : [])),
    weight: (weight === undefined ? undefined : wholeNumber(weight)) ?? finite(waveOf(object)),
    deletes: new Set(policies.length > 0 ? policies : ['before']),
    unknown: words.filter((_, index) => meanings[index] === undefined),
  }
}

function listed(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}

function finite(wave: number): number {
  return Number.isFinite(wave) ? wave : 0
}
