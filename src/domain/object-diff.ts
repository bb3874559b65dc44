import type { ObjectId } from './kubernetes-object.ts'
import type { Problem } from './problem.ts'
import type { Target } from './refs.ts'

export type DiffKind = 'added' | 'removed' | 'changed' | 'renamed'

/** Something about a change that deserves the first look, with the sentence that explains it. */
export interface Danger {
  /** Stable: `replicas-to-zero`, `image-latest`, `rbac-widened`, `stateful-deleted`, `immutable-field` … */
  code: string
  /** Dotted, list items by key: `spec.template.spec.containers[app].image`. Empty for the whole object. */
  field: string
  sentence: string
}

/** A unified hunk of the canonical YAML, Secrets masked. `lines` start with ' ', '+' or '-'. */
export interface Hunk {
  oldStart: number
  oldLines: number
  newStart: number
  newLines: number
  lines: string[]
  /** Where in the object the first change stands, as in `spec.template.spec.containers`; absent at the top. */
  section?: string
}

/**
 * One step into a value: a field's name, a position in a list, the fields that tell an item of a list apart
 * (`{ containerPort: 80, protocol: 'TCP' }`), or the item itself in a set of scalars (`{ '=': 'a' }`).
 */
export type PathStep = string | number | Record<string, string | number | boolean>

export interface FieldChange {
  /** For people: dotted, list items by key. */
  field: string
  /** For machines: the same place, without ambiguity. */
  path?: PathStep[]
  /** The list at `field` has its items in another order; `before` and `after` are their keys. */
  isOrder?: true
  /** Values as JSON, masked where secret; absent: the field was not there. */
  before?: unknown
  after?: unknown
}

/** What happens to the pods of a workload. */
export interface PodRestart {
  /** For people: `the image of app changes from a:1 to a:2`. */
  reasons: string[]
  /** How many pods are replaced; absent where the number is not in the manifest, as for a DaemonSet. */
  replicas?: number
  /** `RollingUpdate`: a few at a time. `Recreate`: all stop before the first new one starts. `OnDelete`: when somebody deletes them. */
  strategy: 'RollingUpdate' | 'Recreate' | 'OnDelete'
}

export interface ObjectDiff extends ObjectId {
  change: DiffKind
  /** The former identity, of a renamed object or of one whose kind has moved to another API group. */
  from?: ObjectId
  /** An added object that another target of the same cluster gives away. */
  movedFrom?: Target
  /** A removed object that another target of the same cluster takes over. */
  movedTo?: Target
  dangers: Danger[]
  fields: FieldChange[]
  /** `fields` and their values are bounded; true: the rest is in the hunks only. */
  isCut?: true
  hunks: Hunk[]
  /** Lines that are noise (checksums, generated names, defaults written out), folded and counted, never dropped. */
  foldedLines: number
  /** Absent: no pods are replaced. */
  restart?: PodRestart
}

/** What pods ask for, times their number. */
export interface ResourceSum {
  cpuMillicores: number
  memoryBytes: number
}

export interface TargetDiff {
  target: Target
  source: string
  /** What the target was before, when its application was renamed or its folder moved. */
  from?: { target: Target; source: string }
  /** A target that is gone, but whose folder or objects these new targets render: elsewhere, or as a base of theirs. */
  continuedIn?: Target[]
  objects: ObjectDiff[]
  /** The requests of all its pods; absent where they stay the same. */
  requests?: { before: ResourceSum; after: ResourceSum }
}

export interface RepositoryDiff {
  base: string
  head: string
  /** Only targets in which something differs. */
  targets: TargetDiff[]
  problems: Problem[]
}
