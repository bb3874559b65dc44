import type { KubernetesObject } from '../../domain/kubernetes-object.ts'

export const applyModes = ['always', 'merge', 'once', 'never'] as const

/**
 * How an object is applied: `merge` takes nothing over from earlier deployers; `once` makes it where it is not there, and
 * leaves it as it is where it is; `never` leaves it alone, there or not.
 */
export type ApplyMode = (typeof applyModes)[number]

export const applyAnnotation = 'drawbridge.dev/apply'

/**
 * Each tool's words, ours first: the first that says something counts.
 * Source: fluxcd/kustomize-controller, `kustomization_controller.go`, `apply`; fluxcd/pkg, `ssa/utils`, `AnyInMetadata`.
 */
const dialects: readonly { key: string; words: Readonly<Record<string, ApplyMode>> }[] = [
  { key: applyAnnotation, words: { always: 'always', merge: 'merge', once: 'once', never: 'never' } },
  { key: 'kustomize.toolkit.fluxcd.io/reconcile', words: { disabled: 'never', enabled: 'always' } },
  {
    key: 'kustomize.toolkit.fluxcd.io/ssa',
    words: { override: 'always', merge: 'merge', ifnotpresent: 'once', ignore: 'never' },
  },
]

/** What is said of an object, and by which annotation or label (Flux reads both, in any case of letters). */
export interface AskedMode {
  mode: ApplyMode
  by: string
}

/** Undefined: nothing is said, or nothing that means something. */
export function askedMode(object: KubernetesObject): AskedMode | undefined {
  const { annotations = {}, labels = {} } = object.metadata
  for (const { key, words } of dialects) {
    const written = (annotations[key] ?? labels[key])?.toLowerCase()
    const mode = written !== undefined && Object.hasOwn(words, written) ? words[written] : undefined
    if (mode !== undefined) return { mode, by: key }
  }
  return undefined
}

/** Words of these annotations that mean nothing. */
export function unknownModes(object: KubernetesObject): { key: string; word: string }[] {
  const { annotations = {} } = object.metadata
  return dialects.flatMap(({ key, words }) => {
    const word = annotations[key]
    return word === undefined || Object.hasOwn(words, word.toLowerCase()) ? [] : [{ key, word }]
  })
}
